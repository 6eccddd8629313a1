"""Which generated instructions are kept: new ones that a model of text can follow, each with instances that teach one thing."""

import re
from collections.abc import Iterable

from curate.planning._seeds import Seed
from curate.records import Json, Sample
from curate.text import UNSPACED, Texts, fold, words

MOST_ALIKE = 0.7
"""ROUGE-L from which an instruction counts as one that is kept already."""
LENGTHS = {False: (3, 150), True: (4, 300)}
"""Fewest and most words of an instruction; of one in a script without spaces, characters."""
_CJK = re.compile(f"[{UNSPACED}]")
_MEDIA = (
    r"(?:image|picture|photo|photograph|graph|chart|diagram|plot|video|audio|animation|drawing|illustration|screenshot|recording|map|file)"
    r"s?"
)
_BEYOND = re.compile(
    rf"\b(?:draw|sketch|paint|plot|render|generate|create|make|design|produce|show|display|insert|attach|upload|open|play)\b"
    rf"[^.?!,;]{{0,30}}\b{_MEDIA}\b"
    rf"|\b(?:this|that|these|attached|following|given|above|below|provided|uploaded)\s+(?:\w+ ){{0,2}}{_MEDIA}\b"
    r"|^(?:draw|sketch|paint|plot)\b|\b(?:watch|listen to|click (?:on|the)|visit the (?:website|page)|go to (?:www|http))\b"
    r"|(?:绘制|画出|生成|制作|设计|上传|打开|播放|录制|拍摄|插入)[^。？！，；]{0,12}(?:图片|图像|照片|图表|流程图|示意图|[折饼柱]\w{0,2}图|视频|音频|动画|地图|截图|文件)"
    r"|(?:这[张段个幅]|附上的|所附|上传的|给出的|提供的|上面的|下面的|以下|下列)(?:图片|图像|照片|图表|视频|音频|截图|附件|文件)"
    r"|^(?:画|绘制|播放)|点击|观看|收听",
    re.IGNORECASE,
)


class Novelty:
    """Judges samples in table order: an instruction is kept when it is unlike every seed and every instruction kept before it."""

    def __init__(self, seeds: Iterable[Seed]) -> None:
        self.texts = Texts()
        self._instructions: dict[tuple[str, str], tuple[str, Json]] = {}  # by task and text, why each is not kept
        self._answers: dict[tuple[str, str, str], str] = {}
        for seed in seeds:
            self.texts.add(seed.instruction)

    def fault(self, sample: Sample) -> tuple[str, Json]:
        """Why a sample is not kept, "" where it is, and what the reason rests on."""
        instruction, own = str(sample.meta["instruction"]), (sample.task_id, str(sample.meta["instruction"]))
        if own not in self._instructions:
            self._instructions[own] = self._of_instruction(instruction)
        reason, detail = self._instructions[own]
        return (reason or self._of_instance(own, sample), detail)

    def _of_instruction(self, instruction: str) -> tuple[str, Json]:
        size, cjk = len(words(instruction)), 2 * len(_CJK.findall(instruction)) > len(instruction)
        least, most = LENGTHS[cjk]
        if not least <= size <= most:
            return f"an instruction of {size} {'characters' if cjk else 'words'}, not of {least} to {most}", {}
        if not re.match(r"[\w\"“「『《(（]", instruction):
            return f"the instruction begins with {instruction[0]!r}", {}
        if hit := _BEYOND.search(instruction):
            return f"the instruction asks for what text cannot do: “{hit[0]}”", {}
        if nearest := self.texts.nearest(instruction, MOST_ALIKE):
            text, score = nearest
            return f"like an instruction that is kept (ROUGE-L {score:.2f}): “{text}”", {"nearest": text, "rouge_l": round(score, 4)}
        self.texts.add(instruction)
        return "", {}

    def _of_instance(self, own: tuple[str, str], sample: Sample) -> str:
        given, answer = fold(str(sample.meta.get("input", ""))), sample.messages[-1].content
        choices = sample.meta.get("choices") or []
        if choices and answer not in choices:
            return f"the answer “{answer[:40]}” is none of the labels {', '.join(map(str, choices))}"
        if given and given == fold(answer):
            return "the answer is the input"
        if fold(self._answers.setdefault((*own, given), answer)) != fold(answer):
            return "the same input has another answer already"
        return ""
