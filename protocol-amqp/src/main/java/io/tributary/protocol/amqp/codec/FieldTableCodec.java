package io.tributary.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Reads and writes field tables. No length is believed that goes past the bytes at hand; nesting is at most {@link #MAX_DEPTH}. */
public final class FieldTableCodec {
    /** Tables and arrays within each other. */
    public static final int MAX_DEPTH = 64;

    private FieldTableCodec() {
    }

    /** Reads a table with its length; fails with SYNTAX_ERROR. */
    public static FieldTable read(ByteBuf in) {
        return readTable(in, 1);
    }

    /** Writes a table with its length. */
    public static void write(ByteBuf out, FieldTable table) {
        int start = out.writerIndex();
        out.writeInt(0);
        for (FieldTable.Entry entry : table.entries()) {
            WireText.writeShort(out, entry.name());
            writeValue(out, entry.value());
        }
        out.setInt(start, out.writerIndex() - start - Integer.BYTES);
    }

    private static FieldTable readTable(ByteBuf in, int depth) {
        ByteBuf body = block(in, depth);
        if (!body.isReadable()) {
            return FieldTable.EMPTY;
        }
        List<FieldTable.Entry> entries = new ArrayList<>();
        while (body.isReadable()) {
            entries.add(new FieldTable.Entry(WireText.readShort(body), readValue(body, depth)));
        }
        return new FieldTable(entries);
    }

    private static ByteBuf block(ByteBuf in, int depth) {
        if (depth > MAX_DEPTH) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "field table nested deeper than " + MAX_DEPTH);
        }
        return in.readSlice(length(in));
    }

    private static int length(ByteBuf in) {
        WireText.need(in, Integer.BYTES);
        long length = in.readUnsignedInt();
        if (length > in.readableBytes()) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "a field claims " + length + " bytes, there are " + in.readableBytes());
        }
        return (int) length;
    }

    private static byte[] bytes(ByteBuf in) {
        byte[] bytes = new byte[length(in)];
        in.readBytes(bytes);
        return bytes;
    }

    private static FieldValue readValue(ByteBuf in, int depth) {
        WireText.need(in, 1);
        byte type = in.readByte();
        return switch (type) {
            case 't' -> new FieldValue.Bool(WireText.need(in, 1).readByte() != 0);
            case 'b' -> new FieldValue.Int8(WireText.need(in, 1).readByte());
            case 'B' -> new FieldValue.UInt8(WireText.need(in, 1).readUnsignedByte());
            case 's' -> new FieldValue.Int16(WireText.need(in, 2).readShort());
            case 'u' -> new FieldValue.UInt16(WireText.need(in, 2).readUnsignedShort());
            case 'I' -> new FieldValue.Int32(WireText.need(in, 4).readInt());
            case 'i' -> new FieldValue.UInt32(WireText.need(in, 4).readUnsignedInt());
            case 'l' -> new FieldValue.Int64(WireText.need(in, 8).readLong());
            case 'f' -> new FieldValue.Float32(WireText.need(in, 4).readFloat());
            case 'd' -> new FieldValue.Float64(WireText.need(in, 8).readDouble());
            case 'D' -> new FieldValue.Decimal(WireText.need(in, 5).readUnsignedByte(), in.readInt());
            case 'T' -> new FieldValue.Timestamp(WireText.need(in, 8).readLong());
            case 'S' -> new FieldValue.LongString(bytes(in));
            case 'x' -> new FieldValue.Bytes(bytes(in));
            case 'V' -> new FieldValue.Null();
            case 'A' -> readArray(in, depth + 1);
            case 'F' -> new FieldValue.Table(readTable(in, depth + 1));
            default -> throw new AmqpException(ReplyCode.SYNTAX_ERROR, "unknown field type " + (type & 0xFF));
        };
    }

    private static FieldValue readArray(ByteBuf in, int depth) {
        ByteBuf body = block(in, depth);
        List<FieldValue> values = new ArrayList<>();
        while (body.isReadable()) {
            values.add(readValue(body, depth));
        }
        return new FieldValue.Array(values);
    }

    private static void writeValue(ByteBuf out, FieldValue value) {
        if (value instanceof FieldValue.LongString string) {
            writeBytes(out.writeByte('S'), string.bytes());
        } else if (value instanceof FieldValue.Bytes binary) {
            writeBytes(out.writeByte('x'), binary.bytes());
        } else if (value instanceof FieldValue.Table table) {
            write(out.writeByte('F'), table.table());
        } else if (value instanceof FieldValue.Array array) {
            writeArray(out.writeByte('A'), array);
        } else if (value instanceof FieldValue.Bool bool) {
            out.writeByte('t').writeByte(bool.value() ? 1 : 0);
        } else if (value instanceof FieldValue.Timestamp timestamp) {
            out.writeByte('T').writeLong(timestamp.seconds());
        } else if (value instanceof FieldValue.Null) {
            out.writeByte('V');
        } else {
            writeNumber(out, value);
        }
    }

    private static void writeNumber(ByteBuf out, FieldValue value) {
        if (value instanceof FieldValue.Int8 number) {
            out.writeByte('b').writeByte(number.value());
        } else if (value instanceof FieldValue.UInt8 number) {
            out.writeByte('B').writeByte(number.value());
        } else if (value instanceof FieldValue.Int16 number) {
            out.writeByte('s').writeShort(number.value());
        } else if (value instanceof FieldValue.UInt16 number) {
            out.writeByte('u').writeShort(number.value());
        } else if (value instanceof FieldValue.Int32 number) {
            out.writeByte('I').writeInt(number.value());
        } else if (value instanceof FieldValue.UInt32 number) {
            out.writeByte('i').writeInt((int) number.value());
        } else if (value instanceof FieldValue.Int64 number) {
            out.writeByte('l').writeLong(number.value());
        } else if (value instanceof FieldValue.Float32 number) {
            out.writeByte('f').writeFloat(number.value());
        } else if (value instanceof FieldValue.Float64 number) {
            out.writeByte('d').writeDouble(number.value());
        } else if (value instanceof FieldValue.Decimal number) {
            out.writeByte('D').writeByte(number.scale()).writeInt(number.unscaled());
        } else {
            throw new IllegalArgumentException("no wire form for " + value);
        }
    }

    private static void writeArray(ByteBuf out, FieldValue.Array array) {
        int start = out.writerIndex();
        out.writeInt(0);
        for (FieldValue value : array.values()) {
            writeValue(out, value);
        }
        out.setInt(start, out.writerIndex() - start - Integer.BYTES);
    }

    private static void writeBytes(ByteBuf out, byte[] bytes) {
        out.writeInt(bytes.length).writeBytes(bytes);
    }
}
