"""Records for compiled code: one pointer, behind it a table that says where each array begins and how long it is.

numba passes an array by value as seven machine words, and counts references to it; a state of a hundred arrays would be
copied at every call. `RecordType` is a single pointer instead. An attribute is read through the table, an array
attribute becomes a `LineType` (address and lengths), and indexing it is plain address arithmetic. Nothing checks bounds
here: the same functions run on lists in the tests, which do.
"""

from __future__ import annotations

import functools
import hashlib
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    overload,
    register_model,
    typeof_impl,
    unbox,
)

from optimiser.simulation.compiled_engine.subroutine import SUBROUTINE
from optimiser.simulation.record import list_fields

WIDTH = 4  # words of the table for each attribute: address, then up to three lengths
ELEMENTS = {"f": types.float64, "i": types.int64, "u": types.uint64}
DTYPES = {"f": np.float64, "i": np.int64, "u": np.uint64}
_WORD = ir.IntType(64)


class RecordType(types.Type):
    """A record class as compiled code sees it.

    Parameters
    ----------
    record : the class.
    """

    def __init__(self, record: type) -> None:
        self.fields = list_fields(record)
        self.frozen = getattr(record, "frozen", hasattr(record, "_fields"))  # constants of a law
        self.index = {field.name: i for i, field in enumerate(self.fields)}
        layout = hashlib.sha256(repr([(f.name, str(f.kind), f.axes) for f in self.fields]).encode()).hexdigest()
        super().__init__(name=f"Record({record.__name__}, {layout[:16]})")


class LineType(types.Type):
    """Part of an array: its element type and the number of its axes."""

    def __init__(self, kind: str, axes: int) -> None:
        self.kind, self.axes = kind, axes
        super().__init__(name=f"Line({kind}{axes})")


@register_model(RecordType)
class _RecordModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: RecordType) -> None:
        super().__init__(manager, kind, _WORD.as_pointer())


@register_model(LineType)
class _LineModel(models.StructModel):
    def __init__(self, manager: Any, kind: LineType) -> None:
        members = [("address", types.int64), *((f"length{i}", types.int64) for i in range(kind.axes))]
        super().__init__(manager, kind, members)


@infer_getattr
class _Attributes(AttributeTemplate):
    key = RecordType

    def generic_resolve(self, record: RecordType, name: str) -> types.Type | None:
        if name not in record.index:
            return None
        field = record.fields[record.index[name]]
        if not isinstance(field.kind, str):
            return RecordType(field.kind)
        return LineType(field.kind, len(field.axes)) if field.axes else ELEMENTS[field.kind]


def _word(builder: Any, table: Any, number: int) -> Any:
    """Load a word of a table; it never changes while compiled code runs, and saying so lets it be loaded once."""
    value = builder.load(builder.gep(table, [ir.Constant(_WORD, number)]))
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


@lower_getattr_generic(RecordType)
def _get_attribute(context: Any, builder: Any, record: RecordType, table: Any, name: str) -> Any:
    i = record.index[name]
    field = record.fields[i]
    address = _word(builder, table, WIDTH * i)
    if not isinstance(field.kind, str):
        return builder.inttoptr(address, _WORD.as_pointer())
    if not field.axes:
        pointer = context.get_value_type(ELEMENTS[field.kind]).as_pointer()
        return builder.load(builder.inttoptr(address, pointer))
    line = cgutils.create_struct_proxy(LineType(field.kind, len(field.axes)))(context, builder)
    line.address = address
    for axis in range(len(field.axes)):
        setattr(line, f"length{axis}", _word(builder, table, WIDTH * i + 1 + axis))
    return line._getvalue()


@lower_setattr_generic(RecordType)
def _set_attribute(context: Any, builder: Any, signature: Any, arguments: Any, name: str) -> None:
    record, kind = signature.args
    if record.frozen:
        raise TypeError(f"cannot set attribute {name}: it is not written by a law")
    i = record.index[name]
    element = ELEMENTS[record.fields[i].kind]
    pointer = context.get_value_type(element).as_pointer()
    value = context.cast(builder, arguments[1], kind, element)
    builder.store(value, builder.inttoptr(_word(builder, arguments[0], WIDTH * i), pointer))


@intrinsic
def _item(_: Any, line: LineType, index: Any) -> Any:
    """Element of a line with one axis, or the line below an index."""
    result = ELEMENTS[line.kind] if line.axes == 1 else LineType(line.kind, line.axes - 1)

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        proxy = cgutils.create_struct_proxy(line)(context, builder, value=arguments[0])
        step = ir.Constant(_WORD, 8)
        for axis in range(1, line.axes):
            step = builder.mul(step, getattr(proxy, f"length{axis}"))
        address = builder.add(proxy.address, builder.mul(arguments[1], step))
        if line.axes == 1:
            return builder.load(builder.inttoptr(address, context.get_value_type(result).as_pointer()))
        below = cgutils.create_struct_proxy(result)(context, builder)
        below.address = address
        for axis in range(1, line.axes):
            setattr(below, f"length{axis - 1}", getattr(proxy, f"length{axis}"))
        return below._getvalue()

    return result(line, types.int64), build


@intrinsic
def _set_item(_: Any, line: LineType, index: Any, value: Any) -> Any:
    element = ELEMENTS[line.kind]

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        proxy = cgutils.create_struct_proxy(line)(context, builder, value=arguments[0])
        address = builder.add(proxy.address, builder.mul(arguments[1], ir.Constant(_WORD, 8)))
        builder.store(arguments[2], builder.inttoptr(address, context.get_value_type(element).as_pointer()))
        return context.get_dummy_value()

    return types.void(line, types.int64, element), build


@overload(operator.getitem, strict=False, jit_options=SUBROUTINE)
def _getitem(line: Any, index: Any) -> Any:
    return (lambda line, index: _item(line, index)) if isinstance(line, LineType) else None  # noqa: PLW0108


@overload(operator.setitem, strict=False, jit_options=SUBROUTINE)
def _setitem(line: Any, index: Any, value: Any) -> Any:
    if not isinstance(line, LineType):
        return None
    if line.kind == "f":
        return lambda line, index, value: _set_item(line, index, float(value))
    return lambda line, index, value: _set_item(line, index, int(value))


@overload(len, strict=False, jit_options=SUBROUTINE)
def _len(line: Any) -> Any:
    return (lambda line: _length(line)) if isinstance(line, LineType) else None  # noqa: PLW0108


@intrinsic
def _length(_: Any, line: LineType) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return cgutils.create_struct_proxy(line)(context, builder, value=arguments[0]).length0

    return types.int64(line), build


class Packed:
    """A record whose attributes are arrays, ready to be handed to compiled code; numbers are arrays of one element.

    Parameters
    ----------
    record : the class that says which attributes there are.
    values : by name; a nested record is a `Packed` or a named tuple of floats.
    sizes : length of each named axis; what is not in `values` is full of zeros of this shape.
    """

    def __init__(self, record: type, values: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
        self.kind = _record_type(record)
        self.parts: dict[str, Any] = {}
        self.table = np.zeros(WIDTH * len(self.kind.fields), dtype=np.int64)
        for field in self.kind.fields:
            shape = tuple(sizes[a] if isinstance(a, str) else a for a in field.axes)
            if not isinstance(field.kind, str):
                self.put(field.name, _packed(field.kind, values[field.name]))
            elif field.name in values:
                array = np.ascontiguousarray(values[field.name], dtype=DTYPES[field.kind])
                self.put(field.name, array.reshape(shape))
            else:
                self.put(field.name, np.zeros(shape, dtype=DTYPES[field.kind]))

    def put(self, name: str, part: Any) -> None:
        """Let an attribute stand for another array of the right type, or another record; nothing is copied."""
        i = self.kind.index[name]
        field = self.kind.fields[i]
        self.parts[name] = part
        if isinstance(part, Packed):
            self.table[WIDTH * i] = part.address
            return
        if part.dtype != DTYPES[str(field.kind)] or part.ndim != len(field.axes) or not part.flags.c_contiguous:
            raise TypeError(f"{name}: {part.dtype} with {part.ndim} axes does not fit {field}")
        self.table[WIDTH * i] = part.ctypes.data
        self.table[WIDTH * i + 1 : WIDTH * i + 1 + part.ndim] = part.shape

    def twin(self) -> Packed:
        """Return a record that stands for the same arrays, until others are put into one of the two."""
        twin = object.__new__(Packed)
        twin.kind, twin.parts, twin.table = self.kind, dict(self.parts), self.table.copy()
        return twin

    def __getitem__(self, name: str) -> Any:
        return self.parts[name]

    @property
    def address(self) -> int:
        """Where the table lies in memory."""
        return int(self.table.ctypes.data)


_record_type = functools.cache(RecordType)  # a plan is explained by a thousand engines


def _packed(record: type, value: Any) -> Packed:
    return value if isinstance(value, Packed) else Packed(record, value._asdict(), {})


@typeof_impl.register(Packed)
def _typeof(value: Packed, _: Any) -> RecordType:
    return value.kind


@unbox(RecordType)
def _unbox(_: RecordType, value: Any, tools: Any) -> NativeValue:
    address = tools.pyapi.object_getattr_string(value, "address")
    number = tools.unbox(types.int64, address)
    tools.pyapi.decref(address)
    return NativeValue(tools.builder.inttoptr(number.value, _WORD.as_pointer()), is_error=number.is_error)
