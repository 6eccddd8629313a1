"""What a model replies when `instruct` asks it for tasks and for their instances."""

from pydantic import BaseModel, Field


class Instruction(BaseModel):
    """One new task."""

    instruction: str = Field(description="What is to be done, complete in itself.", min_length=2)
    classification: bool = Field(description="Whether the answer is one of a few fixed labels.")
    labels: list[str] = Field(description="All labels of a classification task, as the instruction names them; else empty.", max_length=12)


class Instructions(BaseModel):
    """New tasks, unlike those shown and unlike each other."""

    instructions: list[Instruction]


class Instance(BaseModel):
    """One instance of a task: what it works on first, then the answer."""

    number: int = Field(description="Which of the tasks this is.", ge=1)
    input: str = Field(description="What the task works on; empty where the instruction alone says it all.")
    reasoning: str = Field(description="The thinking before the answer where it is wanted, else empty.")
    output: str = Field(description="The complete answer.", min_length=1)


class SourcedInstance(BaseModel):
    """One instance of a task, made from the passage."""

    number: int = Field(description="Which of the tasks this is.", ge=1)
    quote: str = Field(description="The words of the passage that the answer rests on, copied character by character.")
    whole_passage: bool = Field(description="Whether the task works on the whole passage: then input stays empty.")
    input: str = Field(description="What the task works on, taken from the passage; empty where the instruction alone says it all.")
    reasoning: str = Field(description="The thinking before the answer where it is wanted, else empty.")
    output: str = Field(description="The complete answer.", min_length=1)


class Instances(BaseModel):
    """One instance of each task that can be done."""

    instances: list[Instance]


class SourcedInstances(BaseModel):
    """One instance of each task that can be done from the passage."""

    instances: list[SourcedInstance]


class Labelled(BaseModel):
    """One instance of a classification task: the label first, then an input that fits it."""

    number: int = Field(description="Which of the wanted inputs this is.", ge=1)
    label: str = Field(description="The label that was given.")
    input: str = Field(description="A text for which this label is right and no other.", min_length=1)
    reasoning: str = Field(description="Why this label, where thinking is wanted, else empty.")


class SourcedLabelled(BaseModel):
    """One instance of a classification task whose input is taken from the passage."""

    number: int = Field(description="Which of the wanted inputs this is.", ge=1)
    label: str = Field(description="The label that was given.")
    quote: str = Field(description="The words of the passage that the input is made from, copied character by character.")
    input: str = Field(description="A text for which this label is right and no other.", min_length=1)
    reasoning: str = Field(description="Why this label, where thinking is wanted, else empty.")


class LabelledInstances(BaseModel):
    """One input for each label that was given."""

    instances: list[Labelled]


class SourcedLabelledInstances(BaseModel):
    """One input for each label that the passage bears."""

    instances: list[SourcedLabelled]
