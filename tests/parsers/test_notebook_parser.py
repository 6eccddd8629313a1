"""Notebooks: prose, code in its language, short printed results."""

import json
from typing import Any

import pytest

from curate.errors import DocumentError
from curate.parsers import notebook
from curate.records import Document
from curate.settings import Settings


def parse(*cells: dict[str, Any], **more: Any) -> Document:
    source = {"nbformat": 4, "metadata": {"language_info": {"name": "Python"}}, "cells": list(cells)} | more
    return notebook.parse("n.ipynb", json.dumps(source).encode(), Settings())[0]


def code(source: Any, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def test_prose_code_and_printed_results_follow_each_other() -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": ["\x1b[31m4\x1b[0m\n"]}
    result = {"output_type": "execute_result", "data": {"text/plain": "'done'", "image/png": "AAAA"}}
    document = parse({"cell_type": "markdown", "source": ["# Title\n", "Text"]}, code(["x = 2\n", "print(x * 2)"], printed, result))
    assert document.text == "# Title\n\nText\n\n```python\nx = 2\nprint(x * 2)\n```\n\n```text\n4\n```\n\n```text\n'done'\n```"
    assert document.meta == {"markdown": 1, "code": 1, "outputs_dropped": 0}


def test_errors_pictures_warnings_and_reprs_are_dropped_and_counted() -> None:
    document = parse(
        code(
            "plot()",
            {"output_type": "error", "traceback": ["no"]},
            {"output_type": "display_data", "data": {"image/png": "AAAA"}},
            {"output_type": "stream", "name": "stderr", "text": "warning"},
            {"output_type": "execute_result", "data": {"text/plain": "<Figure size 640x480 with 1 Axes>"}},
        )
    )
    assert document.text == "```python\nplot()\n```"
    assert document.meta["outputs_dropped"] == 4


def test_long_results_are_shortened() -> None:
    text = parse(code("f()", {"output_type": "stream", "text": "".join(f"{i}\n" for i in range(500))})).text
    assert text.endswith("18\n19\n...\n```")


def test_a_cell_in_another_language_is_fenced_as_such_and_format_3_is_read() -> None:
    assert parse(code("%%bash\nls")).text == "```bash\nls\n```"
    old = [{"cells": [{"cell_type": "heading", "level": 2, "source": "Old"}, {"cell_type": "code", "input": "1", "language": "python"}]}]
    assert parse(worksheets=old).text == "## Old\n\n```python\n1\n```"


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"cells": []}', b'{"cells": [1, {"cell_type": "code", "source": 5}], "metadata": 3}'])
def test_what_is_no_notebook_is_an_error(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        notebook.parse("n.ipynb", data, Settings())
    assert caught.value.hint


def test_notebooks_are_known_by_their_content() -> None:
    assert notebook.sniff("n.json", b'{"nbformat": 4, "cells": []}') == 3
    assert notebook.sniff("n.json", b'{"cells": []}') == 0
