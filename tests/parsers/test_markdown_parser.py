"""Markdown keeps its words; its blocks know exactly where they stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers import markdown
from curate.records import Document
from curate.settings import Settings


def parse(source: str, name: str = "a.md") -> Document:
    return markdown.parse(name, source.encode(), Settings())[0]


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(b.kind, document.text[b.start : b.end]) for b in document.blocks]


def test_every_block_is_kept_as_it_was_written() -> None:
    source = (
        "# Title\n\nSome *text* with `code`.\nSecond line.\n\n- one\n  - two\n\n1. a\n2. b\n\n"
        "```python\nx = 1\n\n# no heading\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> said\n> so"
    )
    document = parse(source)
    assert document.text == source
    assert [kind for kind, _ in blocks(document)] == ["heading", "text", "list", "list", "code", "table", "quote"]


def test_underlined_headings_become_hash_headings_but_a_paragraph_above_a_rule_does_not() -> None:
    assert blocks(parse("Title\n=====\n\nPart\n----\n\nText."))[:2] == [("heading", "# Title"), ("heading", "## Part")]
    long = "This sentence is long and ends in a rule,\nwhich is how many people part their sections without a blank line above.\n---\n"
    assert blocks(parse(long))[0][0] == "text"


@pytest.mark.parametrize(
    "source",
    [
        "---\ntitle: The plan\nlang: en-GB\ndate: 2024-01-02\n---\n# Body\n\nText",
        '+++\ntitle = "The plan"\nlang = "en"\n+++\n# Body\n\nText',
    ],
)
def test_front_matter_moves_into_title_language_and_meta(source: str) -> None:
    document = parse(source)
    assert (document.title, document.language, document.text) == ("The plan", "en", "# Body\n\nText")
    assert document.meta["front_matter"]["title"] == "The plan"


def test_front_matter_that_yaml_refuses_is_still_read_by_lines_and_aliases_are_not_expanded() -> None:
    assert parse("---\ntitle: Setup: the easy way\n---\nText").title == "Setup: the easy way"
    bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: T\n---\nText"
    assert parse(bomb).meta["front_matter"] == {"a": "&a [x, x]", "b": "&b [*a, *a]", "title": "T"}


def test_a_rule_at_the_start_is_no_front_matter() -> None:
    assert parse("---\n\nText\n\n---\n\nMore").text == "Text\n\nMore"


def test_comments_layout_tags_and_tables_of_contents_go_and_code_keeps_them() -> None:
    source = "<!-- c -->\n\n- [A](#a)\n  - [B](#b)\n\nText <font color=red>red</font> <!-- x -->and `<font>`.<br>New\n\n- x <br> `<br>`\n"
    assert blocks(parse(source)) == [("text", "Text red and `<font>`.\nNew"), ("list", "- x   `<br>`")]


def test_html_in_markdown_becomes_markdown() -> None:
    source = '<h1 align="center">Name</h1>\n\n<table>\n<tr><th>A</th><th>B</th></tr>\n\n<tr><td>1</td><td>2</td></tr>\n</table>\n\nEnd'
    assert parse(source).text == "# Name\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n\nEnd"
    nested = "- item\n\n  <table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>\n"
    assert parse(nested).text == "- item\n\n  | A | B |\n  | --- | --- |\n  | 1 | 2 |"


def test_pictures_stand_as_captions_where_they_say_something() -> None:
    assert blocks(parse("![Network diagram](a.png)\n\n![](b.png)\n\nText ![](c.png)!")) == [
        ("caption", "Network diagram"),
        ("text", "Text !"),
    ]
    assert "base64" not in parse("Look: ![A red square](data:image/png;base64,AAAA)").text


def test_tags_of_site_generators_go() -> None:
    assert parse('See [the chart]({% page "/x" %}).\n\n{% alert %}\nNote.\n{% endalert %}').text == "See the chart.\n\nNote."


def test_formulas_are_blocks_of_their_own() -> None:
    assert blocks(parse("$$\na^2 + b^2\n$$\n\nText $x$."))[0] == ("formula", "$$\na^2 + b^2\n$$")


def test_a_file_of_comments_alone_holds_no_text() -> None:
    with pytest.raises(DocumentError, match="no text"):
        parse("<!-- nothing -->\n")


def test_markdown_is_known_by_name_or_by_its_signs() -> None:
    assert markdown.sniff("a.md", b"plain") == 1
    assert markdown.sniff("README", b"# A\n\n- x\n\n## B\n\n```\ncode\n```\n") == 2
    assert markdown.sniff("run.sh", b"# A\n\n- x\n\n# B\n\n```\n") == 0
    assert markdown.sniff("a.md", b"\x89PNG\0\0") == 0


MARKS = """# H\n;text ;\n;\n\n;- a\n;  - b\n;1. c\n;```\n;~~~py\n;    code\n;| a | b |\n;|---|---|\n;> q\n;---\n;===\n;<div>;</div>\n
;<!--;-->;`;``;<table><tr><td>x</td></tr></table>;![a b c d](x);[l](#a)\n;标题\n;\t;\\;+++\n"""
SNIPPETS = st.sampled_from(MARKS.split(";"))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(SNIPPETS, max_size=30).map("".join), st.text(max_size=200)))
def test_blocks_lie_in_order_without_overlap_and_make_up_the_whole_text(source: str) -> None:
    try:
        document = parse(source)
    except DocumentError:
        return
    assert document.text == "\n\n".join(text for _, text in blocks(document))
    assert all(text.strip() for _, text in blocks(document))
    assert all(b.end + 2 == after.start for b, after in zip(document.blocks, document.blocks[1:], strict=False))


@given(
    st.lists(
        st.tuples(st.sampled_from(["heading", "text", "code"]), st.text(st.characters(exclude_characters="\0"), max_size=40)), max_size=20
    )
)
def test_a_builder_gives_back_every_block_as_it_was_added(added: list[tuple[str, str]]) -> None:
    builder = Builder()
    for kind, text in added:
        builder.add(kind, text)
    document = builder.document("a", b"")
    kept = [(kind, text.strip("\n").rstrip()) for kind, text in added]
    assert blocks(document) == [(kind, text) for kind, text in kept if text]


@given(st.lists(st.text("abc déf中文 ", min_size=1, max_size=60).filter(str.strip), min_size=1, max_size=8))
def test_no_word_of_a_plain_paragraph_is_lost(paragraphs: list[str]) -> None:
    document = parse("\n\n".join(p.strip() for p in paragraphs))
    assert document.text.split() == [word for p in paragraphs for word in p.split()]
