"""Office equations (OMML) as LaTeX."""

from collections.abc import Callable

from curate.parsers._ooxml import Element, qn

_SYMBOLS = {
    "∑": "\\sum", "∏": "\\prod", "∫": "\\int", "∬": "\\iint", "∮": "\\oint", "⋃": "\\bigcup", "⋂": "\\bigcap",
    "α": "\\alpha", "β": "\\beta", "γ": "\\gamma", "δ": "\\delta", "ε": "\\epsilon", "θ": "\\theta", "λ": "\\lambda",
    "μ": "\\mu", "π": "\\pi", "ρ": "\\rho", "σ": "\\sigma", "τ": "\\tau", "φ": "\\phi", "ω": "\\omega", "Δ": "\\Delta",
    "Σ": "\\Sigma", "Ω": "\\Omega", "±": "\\pm", "×": "\\times", "÷": "\\div", "·": "\\cdot", "≤": "\\le", "≥": "\\ge",
    "≠": "\\ne", "≈": "\\approx", "∞": "\\infty", "→": "\\to", "⇒": "\\Rightarrow", "∈": "\\in", "∂": "\\partial",
    "∇": "\\nabla", "∀": "\\forall", "∃": "\\exists", "−": "-",
}  # fmt: skip
_ACCENTS = {"\u0302": "\\hat", "\u0303": "\\tilde", "\u0304": "\\bar", "\u0305": "\\bar", "\u0307": "\\dot", "\u20d7": "\\vec"}
_FUNCTIONS = {"sin", "cos", "tan", "cot", "log", "ln", "exp", "lim", "max", "min", "sup", "inf", "det", "arcsin", "arccos"}
_FUNCTIONS |= {"arctan", "sinh", "cosh", "tanh", "gcd", "arg", "deg", "dim", "ker", "sec", "csc"}


def latex(element: Element) -> str:
    """The LaTeX of an `m:oMath` or `m:oMathPara`, without delimiters."""
    return " ".join(_children(element).split())


def _children(element: Element | None) -> str:
    return "".join(_one(child) for child in element) if element is not None else ""


def _one(element: Element) -> str:
    if element.tag == qn("m:r"):
        return "".join(_letters(t.text or "") for t in element.iter(qn("m:t")))
    local = element.tag.rsplit("}", 1)[-1]
    if local.endswith("Pr"):
        return ""
    return _RULES.get(local, _children)(element)


def _letters(text: str) -> str:
    return "".join(_SYMBOLS[c] + " " if c in _SYMBOLS else c for c in text)


def _part(element: Element, name: str) -> str:
    return _children(element.find(qn(f"m:{name}"))).strip()


def _value(element: Element, name: str, default: str) -> str:
    """The `m:val` of a property, as the character of an operator; the default where the property is absent."""
    found = element.find(f"{qn('m:' + element.tag.rsplit('}', 1)[-1] + 'Pr')}/{qn('m:' + name)}")
    return default if found is None else found.get(qn("m:val"), "")


def _fraction(e: Element) -> str:
    return f"\\frac{{{_part(e, 'num')}}}{{{_part(e, 'den')}}}"


def _base(e: Element) -> str:
    """What carries a script; braced where the script would else hang on its last token alone."""
    found = e.find(qn("m:e"))
    inner = _part(e, "e")
    structured = found is not None and any(c.tag != qn("m:r") and not c.tag.endswith("Pr") for c in found)
    return f"{{{inner}}}" if structured or " " in inner else inner


def _scripts(*names: str) -> Callable[[Element], str]:
    marks = {"sub": "_", "sup": "^"}
    return lambda e: _base(e) + "".join(f"{marks[n]}{{{_part(e, n)}}}" for n in names)


def _root(e: Element) -> str:
    degree = _part(e, "deg")
    return f"\\sqrt[{degree}]{{{_part(e, 'e')}}}" if degree else f"\\sqrt{{{_part(e, 'e')}}}"


def _operator(e: Element) -> str:
    sign = _letters(_value(e, "chr", "∫")).strip()
    below, above = _part(e, "sub"), _part(e, "sup")
    return sign + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "") + f" {_part(e, 'e')}"


def _brackets(e: Element) -> str:
    inner = _value(e, "sepChr", "|").join(_children(x).strip() for x in e.findall(qn("m:e")))
    left, right = (c if c not in "{}" else f"\\{c}" for c in (_value(e, "begChr", "("), _value(e, "endChr", ")")))
    return f"\\left{left or '.'}{inner}\\right{right or '.'}"


def _function(e: Element) -> str:
    name = _part(e, "fName")
    word = name.split("_")[0].split("^")[0]
    return (f"\\{name}" if word in _FUNCTIONS else name) + f"({_part(e, 'e')})"


def _accent(e: Element) -> str:
    mark = _ACCENTS.get(_value(e, "chr", "\u0302"), "\\hat")
    return f"{mark}{{{_part(e, 'e')}}}"


def _matrix(e: Element) -> str:
    rows = (" & ".join(_children(x).strip() for x in row.findall(qn("m:e"))) for row in e.findall(qn("m:mr")))
    return "\\begin{matrix}" + " \\\\ ".join(rows) + "\\end{matrix}"


def _lines(e: Element) -> str:
    return " \\\\ ".join(_children(x).strip() for x in e.findall(qn("m:e")))


def _limit(mark: str) -> Callable[[Element], str]:
    return lambda e: f"{_part(e, 'e')}{mark}{{{_part(e, 'lim')}}}"


_RULES: dict[str, Callable[[Element], str]] = {
    "f": _fraction,
    "sSup": _scripts("sup"),
    "sSub": _scripts("sub"),
    "sSubSup": _scripts("sub", "sup"),
    "rad": _root,
    "nary": _operator,
    "d": _brackets,
    "func": _function,
    "acc": _accent,
    "m": _matrix,
    "eqArr": _lines,
    "limLow": _limit("_"),
    "limUpp": _limit("^"),
}
