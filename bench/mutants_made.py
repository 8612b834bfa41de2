"""Make the mutants of one module: the module with one small change each, as lines of JSON.

    python bench/mutants_made.py FILE

Run by `bench.mutants` with the Python that has cosmic-ray; imports nothing of Zegel. Cosmic-ray's
operators are those of `OPERATORS`; `OWN` adds what they lack and what makes the rules: a statement
that is left out, a name that is another, `in`, `any` and what a function answers turned round.
Left out is what changes no deed: annotations, docstrings, decorators, texts of refusals.
"""

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

OPERATORS = [
    *("AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr"),
    *("ReplaceOrWithAnd", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak"),
    *("ExceptionReplacer", "NumberReplacer", "ZeroIterationForLoop"),
    *("ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub"),
    *(
        f"ReplaceBinaryOperator_{change}"
        for change in ("Add_Sub", "Sub_Add", "BitOr_BitAnd", "BitAnd_BitOr")
    ),
    *(
        f"ReplaceComparisonOperator_{change}"
        for change in (
            *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is", "Lt_LtE", "Lt_GtE", "LtE_Lt"),
            *("LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt"),
        )
    ),
]
# Only between numbers: of a hash nobody asks whether it is less than another.
OF_NUMBERS = [
    f"ReplaceComparisonOperator_{change}" for change in ("Eq_LtE", "Eq_GtE", "NotEq_Lt", "NotEq_Gt")
]
NUMBER = re.compile(r"\.(seq|epoch|version|seen_size)\b|len\(|\b\d+\b")

Edit = tuple[ast.expr | ast.stmt, str]


def left_out(tree: ast.Module) -> Iterator[Edit]:
    """A call whose answer nobody takes, a raise, and an addition in place, left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise | ast.AugAssign) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        ):
            yield node, "pass"


def renamed(tree: ast.Module) -> Iterator[Edit]:
    """A name among others or one that is compared or looked up, as another."""
    holders = (ast.Compare, ast.Set, ast.Tuple, ast.List, ast.Dict, ast.Subscript)
    for node in ast.walk(tree):
        if isinstance(node, holders):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.Constant) and isinstance(child.value, str):
                    yield child, repr(f"not {child.value}")


def turned_round(tree: ast.Module) -> Iterator[Edit]:
    """`in`, `any` and `all`, conditions of comprehensions, and answers of yes or no."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            word = "not in" if isinstance(node.ops[0], ast.In) else "in"
            yield node, f"{ast.unparse(node.left)} {word} {ast.unparse(node.comparators[0])}"
        elif isinstance(node, ast.Name) and node.id in ("any", "all"):
            yield node, "all" if node.id == "any" else "any"
        elif isinstance(node, ast.comprehension):
            yield from ((test, f"not ({ast.unparse(test)})") for test in node.ifs)
        elif isinstance(node, ast.FunctionDef) and ast.unparse(node.returns or node) == "bool":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield inner.value, f"not ({ast.unparse(inner.value)})"


OWN: tuple[Callable[[ast.Module], Iterator[Edit]], ...] = (left_out, renamed, turned_round)


def edited(source: str, node: ast.expr | ast.stmt, text: str) -> str:
    """The source with this text in the place of a node."""
    lines = source.encode().splitlines(keepends=True)
    before = b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    last, end = node.end_lineno or 0, node.end_col_offset
    after = lines[last - 1][end:] + b"".join(lines[last:])
    return (before + text.encode() + after).decode()


def by_cosmic_ray(source: str) -> Iterator[tuple[str, str]]:
    """Each operator at each of its places."""
    for name in (*OPERATORS, *OF_NUMBERS):
        operator = get_operator(f"core/{name}")()
        for occurrence in count():
            made = mutate_code(source, operator, occurrence)
            if made is None:
                break
            if name not in OF_NUMBERS or of_numbers(source, made):
                yield name, made


def of_numbers(source: str, made: str) -> bool:
    """Whether the comparison that was changed is one of numbers."""
    pairs = zip(ast.walk(ast.parse(source)), ast.walk(ast.parse(made)), strict=True)
    changed = next(
        old
        for old, new in pairs
        if isinstance(old, ast.Compare)
        and isinstance(new, ast.Compare)
        and [type(one) for one in old.ops] != [type(one) for one in new.ops]
    )
    return NUMBER.search(ast.unparse(changed)) is not None


PAIRS = ((ast.Is, ast.IsNot), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn), (ast.GtE, ast.Lt))
OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    one: other for pair in PAIRS for one, other in (pair, pair[::-1])
}


class Deeds(ast.NodeTransformer):
    """What of a module does anything: without annotations, docstrings, decorators and texts."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns, node.decorator_list = None, []
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.decorator_list = []
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """`not a is b` is `a is not b`, and not twice is nothing."""
        self.generic_visit(node)
        turned, inner = isinstance(node.op, ast.Not), node.operand
        if turned and isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.Not):
            return inner.operand
        if turned and isinstance(inner, ast.Compare) and type(inner.ops[0]) in OPPOSITES:
            inner.ops = [OPPOSITES[type(inner.ops[0])]()]
            return inner
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Constant("a text")


def deeds(source: str) -> str:
    return ast.dump(Deeds().visit(ast.parse(source)))


def mutants(source: str) -> list[dict[str, str | int]]:
    """Every mutant once, in the order of the lines."""
    made = list(by_cosmic_ray(source))
    for own in OWN:
        made += [(own.__name__, edited(source, *edit)) for edit in own(ast.parse(source))]
    seen = {deeds(source)}
    found = []
    for operator, text in made:
        if deeds(text) not in seen:
            seen.add(deeds(text))
            found.append((*change(source, text), operator, text))
    names = ("line", "was", "becomes", "operator", "source")
    return [dict(zip(names, one, strict=True)) for one in sorted(found, key=lambda one: one[0])]


def change(source: str, text: str) -> tuple[int, str, str]:
    """The first line that differs, and how all that differ stood before and stand now."""
    old, new = source.splitlines(), text.splitlines()
    first = next(at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1])
    last = 0
    while last < min(len(old), len(new)) - first - 1 and old[-1 - last] == new[-1 - last]:
        last += 1
    was, becomes = (
        " ".join(" ".join(lines[first : len(lines) - last]).split()) for lines in (old, new)
    )
    return first + 1, was, becomes


if __name__ == "__main__":
    for mutant in mutants(Path(sys.argv[1]).read_text()):
        print(json.dumps(mutant))
