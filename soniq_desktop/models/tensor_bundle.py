"""Read the tensors of a TensorFlow 1 checkpoint ("bundle") with numpy alone.

A bundle is two files. `<prefix>.index` is an uncompressed LevelDB table that maps tensor names to
BundleEntryProto messages; `<prefix>.data-00000-of-00001` holds the raw little-endian values. Formats:
LevelDB's doc/table_format.md, TensorFlow's tensor_bundle.proto. Each tensor's masked CRC-32C is verified,
unless the caller knows better.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FOOTER = 48
MAGIC = 0xDB4775248B80FB57
FLOAT32 = 1  # DataType.DT_FLOAT

Tensors: TypeAlias = dict[str, NDArray[np.float32]]
Fields: TypeAlias = dict[int, list[Any]]


def read_checkpoint(folder: Path, prefix: str = "", *, verify: bool = True) -> Tensors:
    """All float32 tensors of the checkpoint `folder/prefix.*`, by name.

    Args:
        verify: compute each CRC (slow: 2 MB a second); False where the file's own checksum is right.

    Raises:
        ValueError: not a LevelDB table, a compressed block, a tensor cut off or with a wrong checksum.
    """
    table = (folder / f"{prefix}.index").read_bytes()
    data = (folder / f"{prefix}.data-00000-of-00001").read_bytes()
    return read_tensors(table, data, verify=verify)


def read_tensors(table: bytes, data: bytes, *, verify: bool = True) -> Tensors:
    """The same from the content of the two files."""
    entries = ((key.decode(), parse_message(value)) for key, value in table_entries(table) if key)
    return {
        name: tensor(name, fields, data, verify)
        for name, fields in entries
        if fields.get(1, [0])[0] == FLOAT32
    }


def tensor(name: str, fields: Fields, data: bytes, verify: bool) -> NDArray[np.float32]:
    """One tensor from its BundleEntryProto fields: 2 shape, 4 offset, 5 size, 6 masked CRC-32C."""
    dims = parse_message(fields[2][0]).get(2, []) if 2 in fields else []
    shape = tuple(parse_message(dim).get(1, [0])[0] for dim in dims)
    offset, size = fields.get(4, [0])[0], fields[5][0]
    raw = data[offset : offset + size]
    if len(raw) != size or (verify and masked(crc32c(raw)) != fields[6][0]):
        raise ValueError(f"{name}: checksum differs")
    return np.frombuffer(raw, "<f4").reshape(shape)


def table_entries(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    """All (key, value) pairs of a LevelDB table, in order."""
    footer = table[-FOOTER:]
    if len(footer) < FOOTER or struct.unpack("<Q", footer[-8:])[0] != MAGIC:
        raise ValueError("not a LevelDB table")
    _, position = handle(footer, 0)  # the meta index
    index, _ = handle(footer, position)
    for _, value in block_entries(block(table, *index)):
        yield from block_entries(block(table, *handle(value, 0)[0]))


def block(table: bytes, offset: int, size: int) -> bytes:
    """The entries of one block, without its restart array; a type byte of 0 says "not compressed"."""
    if table[offset + size] != 0:
        raise ValueError("compressed blocks are not supported")
    raw = table[offset : offset + size]
    restarts = struct.unpack("<I", raw[-4:])[0]
    return raw[: -4 * (restarts + 1)]


def block_entries(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(key, value) pairs; keys share a prefix with the one before."""
    key, position = b"", 0
    while position < len(raw):
        shared, position = varint(raw, position)
        own, position = varint(raw, position)
        length, position = varint(raw, position)
        key = key[:shared] + raw[position : position + own]
        position += own
        yield key, raw[position : position + length]
        position += length


def handle(raw: bytes, position: int) -> tuple[tuple[int, int], int]:
    """A block handle (offset, size) and the position after it."""
    offset, position = varint(raw, position)
    size, position = varint(raw, position)
    return (offset, size), position


def varint(raw: bytes, position: int) -> tuple[int, int]:
    """A base-128 integer and the position after it."""
    value = shift = 0
    while True:
        byte = raw[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def parse_message(raw: bytes) -> Fields:
    """A protobuf message as lists of values by field number (varints, fixed 32 and 64 bit, bytes)."""
    fields: Fields = {}
    position = 0
    while position < len(raw):
        tag, position = varint(raw, position)
        value, position = field_value(raw, position, tag & 7)
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def field_value(raw: bytes, position: int, wire: int) -> tuple[int | bytes, int]:
    """One value of a wire type (0 varint, 1 fixed64, 2 bytes, 5 fixed32) and the position after it."""
    if wire == 0:
        return varint(raw, position)
    if wire == 2:
        length, position = varint(raw, position)
        return raw[position : position + length], position + length
    size = {1: 8, 5: 4}[wire]
    return int.from_bytes(raw[position : position + size], "little"), position + size


def crc_table() -> list[int]:
    """Byte table of CRC-32C (Castagnoli, reflected polynomial 0x82F63B78)."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ 0x82F63B78 * (byte & 1)  # noqa: PLW2901
        table.append(byte)
    return table


CRC = crc_table()


def crc32c(raw: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in raw:
        crc = crc >> 8 ^ CRC[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def masked(crc: int) -> int:
    """TensorFlow's and LevelDB's rotation, so that a CRC of a CRC stays useful."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
