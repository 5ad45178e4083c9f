"""Local costs of many pairs of frames at once, in vectors that numba does not find by itself."""

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.extending import intrinsic

# Rows and columns of a block; its sums fill the vector registers of an AVX2 processor.
BLOCK_ROWS, BLOCK_COLUMNS = 6, 16
# A product and the sum it is added to may be rounded once.
FUSED = ('contract',)


@intrinsic
def block_costs(typing, a, i, b, j, square_root, cost, row, column):
    """Put the local costs of 6 frames times 16 frames into `cost`, from [row, column] on.

    The second sequence is transposed, so that a vector holds one number of 16 frames, serves all
    6, and need not be summed in the end.

    Args:
        a, i: (N, D) and the first frame.
        b, j: (D, M) and the first frame.
        square_root: Whether costs are distances; otherwise half of their squares, which for unit
            vectors is 1 - cosine.
        cost, row, column: (R, C) and the corner of the block. All arrays are C-contiguous and of
            the same type.
    """

    if not all(kind.layout == 'C' and kind.dtype == a.dtype for kind in (a, b, cost)):
        raise TypingError('block_costs needs C-contiguous arrays of one type')

    def generate(context, builder, signature, arguments):
        a, i, b, j, square_root, cost, row, column = (
            Grid(context, builder, kind, value) if isinstance(kind, types.Array) else value
            for kind, value in zip(signature.args, arguments, strict=True)
        )
        vector = ir.VectorType(a.number, BLOCK_COLUMNS)
        zero, half = (ir.Constant(vector, [n] * BLOCK_COLUMNS) for n in (0.0, 0.5))
        sums = [cgutils.alloca_once_value(builder, zero) for _ in range(BLOCK_ROWS)]
        with cgutils.for_range(builder, a.columns) as loop:
            frames = b.load(loop.index, j, vector)
            for step, total in enumerate(sums):
                gap = builder.fsub(frames, a.repeat(a.row_after(i, step), loop.index, vector))
                square = builder.fmul(gap, gap, flags=FUSED)
                builder.store(builder.fadd(builder.load(total), square, flags=FUSED), total)
        root = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(vector, [vector]),
            f'llvm.sqrt.v{BLOCK_COLUMNS}{a.number.intrinsic_name}',
        )
        for step, total in enumerate(sums):
            square = builder.load(total)
            distance = builder.call(root, [square])
            value = builder.select(square_root, distance, builder.fmul(half, square))
            cost.store(value, cost.row_after(row, step), column)
        return context.get_dummy_value()

    return types.void(a, i, b, j, square_root, cost, row, column), generate


class Grid:
    """Access to a C-contiguous array in generated code.

    Attributes:
        number: LLVM type of its numbers.
        columns: LLVM value, the number of columns.
    """

    def __init__(self, context, builder, kind, value) -> None:
        self._context, self._builder, self._kind = context, builder, kind
        self._array = context.make_array(kind)(context, builder, value)
        self._alignment = context.get_abi_sizeof(context.get_value_type(kind.dtype))
        self.number = context.get_value_type(kind.dtype)
        self.columns = cgutils.unpack_tuple(builder, self._array.shape)[1]

    def row_after(self, row: ir.Value, step: int) -> ir.Value:
        """Give the number of a later row."""
        return self._builder.add(row, ir.Constant(row.type, step))

    def load(self, row: ir.Value, column: ir.Value, vector: ir.VectorType) -> ir.Value:
        """Load a vector that begins at [row, column]."""
        pointer = self._builder.bitcast(self._at(row, column), vector.as_pointer())
        return self._builder.load(pointer, align=self._alignment)

    def store(self, value: ir.Value, row: ir.Value, column: ir.Value) -> None:
        """Store a vector from [row, column] on."""
        pointer = self._builder.bitcast(self._at(row, column), value.type.as_pointer())
        self._builder.store(value, pointer, align=self._alignment)

    def repeat(self, row: ir.Value, column: ir.Value, vector: ir.VectorType) -> ir.Value:
        """Load one number into all places of a vector."""
        first = ir.Constant(ir.IntType(32), 0)
        nothing = ir.Constant(vector, ir.Undefined)
        one = self._builder.insert_element(
            nothing, self._builder.load(self._at(row, column)), first
        )
        places = ir.Constant(ir.VectorType(first.type, vector.count), [0] * vector.count)
        return self._builder.shuffle_vector(one, nothing, places)

    def _at(self, row: ir.Value, column: ir.Value) -> ir.Value:
        return cgutils.get_item_pointer(
            self._context, self._builder, self._kind, self._array, [row, column]
        )
