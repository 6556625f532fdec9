"""Makes the changes: what a slip of the pen could write, in Python and in the SQL that stands in strings."""

# ruff: noqa: N802 - a method is named for the node it changes, as in ast.NodeVisitor

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

COMPARISONS: dict[type[ast.cmpop], tuple[str, list[str]]] = {
    ast.Lt: (r"<", ["<=", ">"]),
    ast.LtE: (r"<=", ["<", ">"]),
    ast.Gt: (r">", [">=", "<"]),
    ast.GtE: (r">=", [">", "<"]),
    ast.Eq: (r"==", ["!="]),
    ast.NotEq: (r"!=", ["=="]),
    ast.Is: (r"\bis\b", ["is not"]),
    ast.IsNot: (r"\bis\s+not\b", ["is"]),
    ast.In: (r"\bin\b", ["not in"]),
    ast.NotIn: (r"\bnot\s+in\b", ["in"]),
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: (r"-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: (r"/", "*"),
    ast.FloorDiv: (r"//", "/"),
    ast.Mod: (r"%", "*"),
    ast.Pow: (r"\*\*", "*"),
    ast.BitAnd: (r"&", "|"),
    ast.BitOr: (r"\|", "&"),
}
# Calls of a method that give back something like what they were called on.
CHAINED = {
    *("strip", "upper", "lower", "rstrip", "lstrip", "casefold", "replace", "removesuffix", "removeprefix"),
    *("astimezone", "quantize", "close", "fsync"),
}
EXCHANGED = {
    "max": "min",
    "min": "max",
    "any": "all",
    "all": "any",
    "fullmatch": "match",
    "sorted": "list",
}
SQL = re.compile(
    r"\b(SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|SET|CREATE|ALTER|CASE|WHEN|GLOB|JOIN|ORDER BY|GROUP BY|HAVING|PRAGMA"
    r"|BEGIN|COMMIT|VACUUM|UNION|IS NULL|IS NOT|PRIMARY KEY|julianday\(|sum\(|count\(|max\(|min\(|replace\()"
)
SQL_RULES: list[tuple[str, str]] = [
    (r" DESC\b", ""),
    (r"\bAND\b", "OR"),
    (r"\bOR\b", "AND"),
    (r"<=", "<"),
    (r">=", ">"),
    (r"(?<![<>=!-])>(?![=>])", ">="),
    (r"(?<![<>=!])<(?![=>])", "<="),
    (r"<>", "="),
    (r"(?<![<>=!:])=(?= )", "<>"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bLEFT JOIN\b", "JOIN"),
    (r"\bUNION\b(?! ALL)", "UNION ALL"),
    (r"\bUNION ALL\b", "UNION"),
    (r"\bDISTINCT ", ""),
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r"\bsum\(", "count("),
    (r"\bcount\(\*\)", "count(NULL)"),
    (r"\bNOT EXISTS\b", "EXISTS"),
    (r"\bNOT GLOB\b", "GLOB"),
    (r"\bNOT IN\b", "IN"),
    (r"(?<!NOT )\bIN \(", "NOT IN ("),
    (r"(?<!NOT )\bGLOB\b", "NOT GLOB"),
    (r" LIMIT 1\b", ""),
    (r"\btrim\(", "("),
    (r"\bltrim\(", "rtrim("),
    (r"\b(upper|lower|round)\(", "("),
    (r"\bBEGIN (IMMEDIATE|EXCLUSIVE)\b", "BEGIN"),
    (r"\bUNIQUE ", ""),
    (r"(?<=[a-z_)0-9] )\+(?= [a-z_(0-9])", "-"),
    (r"(?<=[a-z_)0-9] )-(?= [a-z_(0-9])", "+"),
    (r"(?<=[a-z_)0-9] )\*(?= [a-z_(0-9])", "/"),
    (r"(?<=[a-z_)0-9] )/(?= [a-z_(0-9])", "*"),
    (r"\bIS NOT '", "IS '"),
    (r"\bIS '", "IS NOT '"),
    (r"\bcoalesce\(([\w.]+), [^()]*?\)", r"\1"),
    (r" COLLATE \w+", ""),
    (r" NOT NULL\b", ""),
    (r" PRIMARY KEY\b", ""),
    (r", id(?= LIMIT| DESC LIMIT|$)", ""),
    (r"ELSE \w+ END", "END"),
    (r"PARTITION BY \w+ ", ""),
    (r"integrity_check", "quick_check"),
    (r"EXTRA", "OFF"),
    (r"'(\w[\w ]*)'", r"'\1X'"),
]
REGEX_RULES: list[tuple[str, str]] = [
    (r"(?<=[\])])\+", ""),
    (r"(?<=[\])])\?", ""),
    (r"0-9", "0-8"),
    (r"A-Z", "A-Y"),
    (r"\\\.", "."),
    (r"\\d", "[1-9]"),
]
LONGEST_WORD = 28


class Change(NamedTuple):
    """One change of a file: bytes ``start`` to ``end`` are ``new`` instead of ``old``."""

    path: str
    line: int
    start: int
    end: int
    old: str
    new: str
    kind: str

    def applied(self, source: bytes) -> bytes:
        """Return the source with the change in it."""
        return source[: self.start] + self.new.encode() + source[self.end :]


def changes(path: Path) -> list[Change]:
    """Return all changes of a file that leave it a program, and another one, by their place."""
    source = path.read_bytes()
    tree = ast.parse(source)
    dump = ast.dump(tree)
    found = {change[2:4] + change[5:6]: change for change in _Finder(path, source, tree).all()}
    return [
        change
        for change in sorted(found.values(), key=lambda change: change[2:4] + change[5:6])
        if _differs(change.applied(source), dump)
    ]


def _differs(source: bytes, dump: str) -> bool:
    try:
        return ast.dump(ast.parse(source)) != dump
    except (SyntaxError, ValueError):
        return False


class _Finder:
    """Goes through a file once, node by node and then string by string."""

    def __init__(self, path: Path, source: bytes, tree: ast.Module) -> None:
        self.path = path
        self.source = source
        self.tree = tree
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.prose = self.lines_of(self.documentation())
        self.messages = self.lines_of(node for node in ast.walk(tree) if isinstance(node, ast.Raise))
        self.regexes = self.lines_of(
            node.args[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "compile"
        )

    def documentation(self) -> Iterator[ast.stmt]:
        """Yield the strings that stand alone: docstrings."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                yield node

    def lines_of(self, nodes: Iterator[ast.expr] | Iterator[ast.stmt]) -> set[int]:
        """Return the numbers of the lines on which something stands."""
        return {line for node in nodes for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}

    def all(self) -> Iterator[Change]:
        """Yield every change, some of them twice."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr) and (self.annotates(node) or self.in_f_string(node)):
                continue
            find = getattr(self, f"of_{type(node).__name__}", None)
            if find:
                yield from find(node)
        yield from self.in_strings()

    def annotates(self, node: ast.AST) -> bool:
        """Tell whether a node belongs to a type."""
        while node in self.parents:
            parent = self.parents[node]
            if (
                isinstance(parent, ast.arg)
                or (isinstance(parent, ast.AnnAssign) and parent.annotation is node)
                or (isinstance(parent, ast.Subscript) and getattr(parent.value, "id", "") == "Callable")
                or (isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef) and parent.returns is node)
            ):
                return True
            node = parent
        return False

    def in_f_string(self, node: ast.AST) -> bool:
        """Tell whether a node stands inside an f-string, where Python 3.11 knows no places."""
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.JoinedStr):
                return True
        return False

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Return where a node begins and ends, in bytes."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def text(self, node: ast.expr) -> str:
        """Return what stands there for a node."""
        start, end = self.span(node)
        return self.source[start:end].decode()

    def change(self, start: int, end: int, new: str, kind: str, line: int) -> Change:
        """Return the change of what stands between two places."""
        return Change(str(self.path), line, start, end, self.source[start:end].decode(), new, kind)

    def instead(self, node: ast.expr | ast.stmt, new: str, kind: str) -> Change:
        """Return the change of a whole node."""
        return self.change(*self.span(node), new, kind, node.lineno)

    def between(
        self, left: ast.expr, right: ast.expr, pattern: str, news: list[str], kind: str
    ) -> Iterator[Change]:
        """Yield the changes of an operator, which has no place of its own."""
        start, end = self.span(left)[1], self.span(right)[0]
        match = re.search(pattern, self.source[start:end].decode())
        if match:
            for new in news:
                yield self.change(start + match.start(), start + match.end(), new, kind, right.lineno)

    def of_Compare(self, node: ast.Compare) -> Iterator[Change]:
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            pattern, news = COMPARISONS[type(operator)]
            yield from self.between(left, right, pattern, news, "comparison")
            left = right

    def of_BoolOp(self, node: ast.BoolOp) -> Iterator[Change]:
        old, new, neutral = ("and", "or", "True") if isinstance(node.op, ast.And) else ("or", "and", "False")
        for left, right in pairwise(node.values):
            yield from self.between(left, right, rf"\b{old}\b", [new], "and, or")
        for value in node.values:
            yield self.instead(value, neutral, "a condition left out")

    def of_UnaryOp(self, node: ast.UnaryOp) -> Iterator[Change]:
        if isinstance(node.op, ast.Not):
            yield self.instead(node, f"bool({self.text(node.operand)})", "not")
        elif isinstance(node.op, ast.USub):
            yield self.instead(node, self.text(node.operand), "minus")

    def of_BinOp(self, node: ast.BinOp) -> Iterator[Change]:
        if type(node.op) in ARITHMETIC:
            pattern, new = ARITHMETIC[type(node.op)]
            yield from self.between(node.left, node.right, pattern, [new], "arithmetic")

    def of_If(self, node: ast.If) -> Iterator[Change]:
        if "TYPE_CHECKING" not in self.text(node.test):
            yield self.instead(node.test, "True", "if")
            yield self.instead(node.test, "False", "if")

    def of_IfExp(self, node: ast.IfExp) -> Iterator[Change]:
        yield self.instead(node, f"({self.text(node.body)})", "if, else")
        yield self.instead(node, f"({self.text(node.orelse)})", "if, else")

    def of_Constant(self, node: ast.Constant) -> Iterator[Change]:
        value = node.value
        if isinstance(value, bool):
            yield self.instead(node, str(not value), "true, false")
        elif isinstance(value, int | float):
            yield self.instead(node, str(value + 1), "number")
            if value:
                yield self.instead(node, str(value - 1), "number")
        elif isinstance(value, str) and node.lineno not in self.prose | self.messages | self.regexes:
            one_word = value.strip() and " " not in value.strip()
            if len(value) <= LONGEST_WORD and node.lineno == node.end_lineno and not SQL.search(value):
                if not value:
                    yield self.instead(node, "'XX'", "word")
                elif one_word:
                    yield self.instead(node, repr("XX" + value), "word")
                else:
                    yield self.instead(node, repr(value + "x"), "text")

    def of_Call(self, node: ast.Call) -> Iterator[Change]:
        function = node.func
        method = isinstance(function, ast.Attribute)
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in EXCHANGED and not (method and name in {"max", "min"}):
            end = self.span(function)[1]
            yield self.change(end - len(name), end, EXCHANGED[name], "another function", node.lineno)
        if isinstance(function, ast.Attribute) and name in CHAINED:
            yield self.instead(node, self.text(function.value), "a method left out")
        if name == "suppress":
            yield self.instead(node, "suppress()", "nothing suppressed")
        if node.lineno in self.messages and name.endswith("Error"):
            return
        yield from self.without_argument(node, name)

    def without_argument(self, node: ast.Call, name: str) -> Iterator[Change]:
        """Yield what exchanges two arguments or leaves one out."""
        if name not in {"isinstance", "max", "min", "zip", "getattr", "cast", "compile"} and not any(
            isinstance(argument, ast.Starred) for argument in node.args
        ):
            for left, right in pairwise(node.args):
                (start, middle), (next_start, end) = self.span(left), self.span(right)
                new = self.source[next_start:end] + self.source[middle:next_start] + self.source[start:middle]
                yield self.change(start, end, new.decode(), "arguments exchanged", left.lineno)
        for keyword in node.keywords:
            if keyword.arg and len(node.keywords) + len(node.args) > 1:
                start, end = self.span(keyword)
                before = self.source[:start].rstrip()
                if before.endswith(b","):
                    yield self.change(len(before) - 1, end, "", "an argument left out", keyword.value.lineno)

    def of_Raise(self, node: ast.Raise) -> Iterator[Change]:
        yield self.instead(node, "pass", "no raise")

    def of_Expr(self, node: ast.Expr) -> Iterator[Change]:
        if isinstance(node.value, ast.Call | ast.Await):
            yield self.instead(node, "pass", "no statement")

    def of_AugAssign(self, node: ast.AugAssign) -> Iterator[Change]:
        yield self.instead(node, "pass", "no statement")

    def of_Return(self, node: ast.Return) -> Iterator[Change]:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield self.instead(node, "return None", "nothing returned")

    def of_Continue(self, node: ast.Continue) -> Iterator[Change]:
        yield self.instead(node, "break", "break")

    def of_Assign(self, node: ast.Assign) -> Iterator[Change]:
        parent: ast.AST | None = node
        while parent and not isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
            parent = self.parents.get(parent)
        if parent and not isinstance(node.targets[0], ast.Tuple) and self.text(node.value) != "None":
            yield self.instead(node.value, "None", "None assigned")

    def of_ExceptHandler(self, node: ast.ExceptHandler) -> Iterator[Change]:
        if isinstance(node.type, ast.Tuple):
            yield from self.without_one(node.type, node.type.elts)
        elif node.type is not None:
            yield self.instead(node.type, "ZeroDivisionError", "nothing caught")

    def of_Tuple(self, node: ast.Tuple) -> Iterator[Change]:
        parent = self.parents[node]
        if isinstance(node.ctx, ast.Load) and not isinstance(
            parent, ast.ExceptHandler | ast.Subscript | ast.Starred | ast.Return | ast.Call
        ):
            yield from self.without_one(node, node.elts)

    def of_Set(self, node: ast.Set) -> Iterator[Change]:
        yield from self.without_one(node, node.elts)

    def of_List(self, node: ast.List) -> Iterator[Change]:
        if isinstance(node.ctx, ast.Load):
            yield from self.without_one(node, node.elts)

    def without_one(self, node: ast.expr, elements: list[ast.expr]) -> Iterator[Change]:
        """Yield what leaves out one element of several."""
        for left, right in pairwise(elements):
            yield self.change(self.span(left)[0], self.span(right)[0], "", "an element left out", left.lineno)
        if len(elements) > 1:
            last = elements[-1]
            yield self.change(
                self.span(elements[-2])[1], self.span(last)[1], "", "an element left out", node.lineno
            )

    def of_Dict(self, node: ast.Dict) -> Iterator[Change]:
        keys = [key for key in node.keys if key is not None]
        if len(keys) == len(node.keys):
            for left, right in pairwise(keys):
                start, end = self.span(left)[0], self.span(right)[0]
                yield self.change(start, end, "", "an entry left out", left.lineno)

    def in_strings(self) -> Iterator[Change]:
        """Yield what changes SQL and regular expressions, which to Python are strings, f-strings too."""
        lines = self.source.decode().splitlines(keepends=True)
        for token in tokenize.generate_tokens(io.StringIO(self.source.decode()).readline):
            line, column = token.start
            if token.type != tokenize.STRING or line in self.prose:
                continue
            if line in self.regexes:
                rules, kind = REGEX_RULES, "regular expression"
            elif line not in self.messages and SQL.search(token.string):
                rules, kind = SQL_RULES, "SQL"
            else:
                continue
            start = self.starts[line - 1] + len(lines[line - 1][:column].encode())
            for pattern, replacement in rules:
                for match in re.finditer(pattern, token.string):
                    before = token.string[: match.start()]
                    yield self.change(
                        start + len(before.encode()),
                        start + len(token.string[: match.end()].encode()),
                        match.expand(replacement),
                        kind,
                        line + before.count("\n"),
                    )
