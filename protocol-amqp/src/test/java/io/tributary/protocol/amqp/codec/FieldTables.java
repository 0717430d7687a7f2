package io.tributary.protocol.amqp.codec;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Generates field tables of every type, nested, and content properties. */
public final class FieldTables {
    private FieldTables() {
    }

    public static Arbitrary<FieldTable> tables() {
        return tables(2);
    }

    private static Arbitrary<FieldTable> tables(int depth) {
        return Combinators.combine(names(), values(depth)).as(FieldTable.Entry::new).list().ofMaxSize(6).map(FieldTable::new);
    }

    private static Arbitrary<String> names() {
        return Arbitraries.oneOf(Arbitraries.strings().ofMaxLength(20).excludeChars(surrogates()),
            Arbitraries.of("content-type", "amqp.type", "amqp.headers", "mqtt.qos", "header:x", "priority", "x"));
    }

    private static char[] surrogates() {
        char[] chars = new char[0xE000 - 0xD800];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) (0xD800 + i);
        }
        return chars;
    }

    private static Arbitrary<FieldValue> values(int depth) {
        Arbitrary<FieldValue> scalars = Arbitraries.oneOf(List.of(
            Arbitraries.of(true, false).map(FieldValue.Bool::new),
            Arbitraries.bytes().map(FieldValue.Int8::new),
            Arbitraries.integers().between(0, 255).map(FieldValue.UInt8::new),
            Arbitraries.shorts().map(FieldValue.Int16::new),
            Arbitraries.integers().between(0, 65535).map(FieldValue.UInt16::new),
            Arbitraries.integers().map(FieldValue.Int32::new),
            Arbitraries.longs().between(0, 0xFFFFFFFFL).map(FieldValue.UInt32::new),
            Arbitraries.longs().map(FieldValue.Int64::new),
            Arbitraries.floats().map(FieldValue.Float32::new),
            Arbitraries.doubles().map(FieldValue.Float64::new),
            Combinators.combine(Arbitraries.integers().between(0, 255), Arbitraries.integers()).as(FieldValue.Decimal::new),
            Arbitraries.longs().map(FieldValue.Timestamp::new),
            Arbitraries.just(new FieldValue.Null()),
            Arbitraries.strings().ofMaxLength(40).excludeChars(surrogates()).map(FieldValue::of),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(FieldValue.LongString::new),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(FieldValue.Bytes::new)));
        if (depth == 0) {
            return scalars;
        }
        return Arbitraries.frequencyOf(Tuple.of(6, scalars),
            Tuple.of(1, values(depth - 1).list().ofMaxSize(4).map(FieldValue.Array::new)),
            Tuple.of(1, tables(depth - 1).map(FieldValue.Table::new)));
    }

    private static Arbitrary<@Nullable String> shortStrings() {
        return Arbitraries.strings().ofMaxLength(30).excludeChars(surrogates()).injectNull(0.4);
    }

    public static Arbitrary<ContentProperties> properties() {
        Arbitrary<@Nullable Integer> octets = Arbitraries.integers().between(0, 255).injectNull(0.4);
        Arbitrary<@Nullable Long> times = Arbitraries.longs().injectNull(0.4);
        return Combinators.combine(shortStrings().list().ofSize(10), tables().injectNull(0.3), octets, octets, times)
            .as((s, table, mode, priority, time) -> new ContentProperties(s.get(0), s.get(1), table, mode, priority, s.get(2), s.get(3),
                s.get(4), s.get(5), time, s.get(6), s.get(7), s.get(8), s.get(9)));
    }
}
