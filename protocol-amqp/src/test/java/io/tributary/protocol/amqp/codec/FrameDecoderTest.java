package io.tributary.protocol.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(4096));

    @ParameterizedTest
    @ValueSource(strings = {"414d515000000900", "414d515001010009", "474554202f20", "00"})
    void tellsAForeignProtocolHeaderFromItsFirstWrongByte(String header) {
        channel.writeInbound(hex(header));

        assertThat(channel.<Frame>readInbound()).isEqualTo(new Frame.ProtocolHeader(false));
    }

    @Test
    void waitsForTheRestOfAFrame() {
        begin();
        ByteBuf frame = Unpooled.buffer();
        FrameEncoder.writeMethod(frame, 1, new QueueMethod.Purge("q", false));
        while (frame.readableBytes() > 1) {
            channel.writeInbound(frame.readRetainedSlice(1));
            assertThat(channel.<Frame>readInbound()).isNull();
        }

        channel.writeInbound(frame);

        assertThat(channel.<Frame>readInbound()).isEqualTo(new Frame.OfMethod(1, new QueueMethod.Purge("q", false)));
    }

    @ParameterizedTest
    @CsvSource({
        "FRAME_ERROR, 010001 7fffffff",
        "FRAME_ERROR, 010001 00000ff9",
        "FRAME_ERROR, 020001 ffffffff",
        "FRAME_ERROR, 090001 00000000 ce",
        "FRAME_ERROR, 010001 00000004 0014000a cd",
        "SYNTAX_ERROR, 010001 00000003 001400 ce",
        "SYNTAX_ERROR, 010001 00000004 0014000a ce",
        "SYNTAX_ERROR, 010001 00000006 0014000a 0000 ce",
        "SYNTAX_ERROR, 020001 0000000e 003c 0000 0000000000000000 0001 ce",
        "SYNTAX_ERROR, 080000 00000001 00 ce",
        "COMMAND_INVALID, 080001 00000000 ce",
        "NOT_IMPLEMENTED, 010001 00000004 00630001 ce"})
    void refusesWhatIsNoFrame(ReplyCode code, String bytes) {
        begin();

        Throwable failure = catchThrowable(() -> channel.writeInbound(hex(bytes)));

        assertThat(failure).isInstanceOf(DecoderException.class).cause()
            .isInstanceOfSatisfying(AmqpException.class, bad -> assertThat(bad.code()).isEqualTo(code));
    }

    @Test
    void dropsEverythingOnceItIsLost() {
        begin();
        assertThat(catchThrowable(() -> channel.writeInbound(hex("ff0001000000")))).isNull();
        assertThat(catchThrowable(() -> channel.writeInbound(hex("00")))).isInstanceOf(DecoderException.class);
        ByteBuf frame = Unpooled.buffer();
        FrameEncoder.writeHeartbeat(frame);

        channel.writeInbound(frame);

        assertThat(channel.<Frame>readInbound()).isNull();
        assertThat(frame.refCnt()).isZero();
    }

    @Test
    void readsOnAfterABadMethodInASoundFrame() {
        begin();
        assertThat(catchThrowable(() -> channel.writeInbound(hex("010001 00000004 00630001 ce")))).isInstanceOf(DecoderException.class);
        ByteBuf frame = Unpooled.buffer();
        FrameEncoder.writeHeartbeat(frame);

        channel.writeInbound(frame);

        assertThat(channel.<Frame>readInbound()).isEqualTo(new Frame.Heartbeat());
    }

    @Test
    void refusesATableNestedWithoutEnd() {
        StringBuilder bytes = new StringBuilder();
        int depth = FieldTableCodec.MAX_DEPTH + 1;
        for (int i = 0; i < depth; i++) {
            bytes.insert(0, String.format("%08x", bytes.length() / 2)).insert(0, "0046");
        }
        ByteBuf table = hex(String.format("%08x", bytes.length() / 2) + bytes);

        assertThat(catchThrowable(() -> FieldTableCodec.read(table))).isInstanceOf(AmqpException.class).hasMessageContaining("nested");
    }

    private void begin() {
        ByteBuf header = Unpooled.buffer();
        FrameEncoder.writeProtocolHeader(header);
        channel.writeInbound(header);
        assertThat(channel.<Frame>readInbound()).isEqualTo(new Frame.ProtocolHeader(true));
    }

    private static ByteBuf hex(String text) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(text.replace(" ", "")));
    }
}
