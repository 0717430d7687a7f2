package io.tributary.protocol.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.RecordComponent;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CodecPropertyTest {
    @Provide
    Arbitrary<FieldTable> tables() {
        return FieldTables.tables();
    }

    @Provide
    Arbitrary<ContentProperties> properties() {
        return FieldTables.properties();
    }

    @Provide
    Arbitrary<Class<?>> methods() {
        return Arbitraries.of(Stream.of(Method.class.getPermittedSubclasses())
            .flatMap(family -> Stream.of(family.getPermittedSubclasses())).toList());
    }

    @Property
    void readsBackTheTableThatItWrote(@ForAll("tables") FieldTable table) {
        ByteBuf bytes = Unpooled.buffer();
        FieldTableCodec.write(bytes, table);

        assertThat(FieldTableCodec.read(bytes)).isEqualTo(table);
        assertThat(bytes.isReadable()).isFalse();
    }

    @Property
    void readsBackTheContentHeaderThatItWrote(@ForAll("properties") ContentProperties properties, @ForAll long size) {
        ByteBuf bytes = Unpooled.buffer();
        FrameEncoder.writeHeader(bytes, 7, size, properties);

        assertThat(decode(bytes)).isEqualTo(new Frame.OfHeader(7, 60, size, properties));
    }

    @Property
    void readsBackEveryMethodThatItWrote(@ForAll("methods") Class<?> type, @ForAll("tables") FieldTable table, @ForAll long seed)
            throws ReflectiveOperationException {
        Method method = make(type, table, new Random(seed));
        ByteBuf bytes = Unpooled.buffer();
        FrameEncoder.writeMethod(bytes, 3, method);

        Frame frame = decode(bytes);

        assertThat(frame).isInstanceOf(Frame.OfMethod.class);
        assertThat(((Frame.OfMethod) frame).method()).usingRecursiveComparison().isEqualTo(method);
    }

    private static Frame decode(ByteBuf bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(1 << 20));
        ByteBuf header = Unpooled.buffer();
        FrameEncoder.writeProtocolHeader(header);
        channel.writeInbound(header, bytes);
        assertThat(channel.<Frame>readInbound()).isEqualTo(new Frame.ProtocolHeader(true));
        Frame frame = channel.readInbound();
        channel.finishAndReleaseAll();
        return frame;
    }

    private static Method make(Class<?> type, FieldTable table, Random random) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = value(types[i], components[i].getName(), table, random);
        }
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return (Method) constructor.newInstance(values);
    }

    private static Object value(Class<?> type, String name, FieldTable table, Random random) {
        if (type == boolean.class) {
            return random.nextBoolean();
        } else if (type == int.class) {
            return name.startsWith("version") ? random.nextInt(256) : random.nextInt(65536);
        } else if (type == long.class) {
            return name.equals("deliveryTag") ? random.nextLong() : random.nextInt() & 0xFFFFFFFFL;
        } else if (type == String.class) {
            return "s\u00e9" + random.nextInt();
        } else if (type == byte[].class) {
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            return bytes;
        }
        assertThat(type).isEqualTo(FieldTable.class);
        return table;
    }
}
