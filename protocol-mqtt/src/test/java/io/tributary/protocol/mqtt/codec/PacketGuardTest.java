package io.tributary.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketGuardTest {
    private static final String CONNECT_5 = "100e00044d515454050200000000" + "0161";
    private static final String CONNECT_311 = "100d00044d5154540402000000" + "0161";

    private static EmbeddedChannel guard() {
        return new EmbeddedChannel(new PacketGuard(1000));
    }

    private static ByteBuf hex(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
    }

    @Test
    void passesWholePacketsAndKeepsAPartUntilTheRestComes() {
        EmbeddedChannel channel = guard();
        channel.writeInbound(hex(CONNECT_311 + "c0"));
        ByteBuf first = channel.readInbound();
        assertThat(first.readableBytes()).isEqualTo(15);
        first.release();
        assertThat(channel.<Object>readInbound()).isNull();
        channel.writeInbound(hex("00"));
        ByteBuf ping = channel.readInbound();
        assertThat(ping.readableBytes()).isEqualTo(2);
        ping.release();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void passesWhatCameBeforeABadPacketAndNothingAfter() {
        EmbeddedChannel channel = guard();
        channel.writeInbound(hex(CONNECT_311 + "c000" + "c100" + "c000"));
        ByteBuf good = channel.readInbound();
        assertThat(good.readableBytes()).isEqualTo(17);
        good.release();
        assertThat(channel.<Object>readInbound()).isInstanceOf(MalformedPacket.class);
        channel.writeInbound(hex("c000"));
        assertThat(channel.<Object>readInbound()).isNull();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void refusesByTheLengthAlone() {
        EmbeddedChannel channel = guard();
        channel.writeInbound(hex("10ffffff7f"));
        assertThat(channel.<Object>readInbound()).isEqualTo(new MalformedPacket(Reason.PACKET_TOO_LARGE, "a packet of 268435455 bytes"));
        channel.finish();
    }

    @ParameterizedTest
    @CsvSource({
        "3003000178, none, a topic and no payload",
        "300500016100aa, none, a payload",
        "36050001610001, MALFORMED_PACKET, QoS 3",
        "3804000161aa, MALFORMED_PACKET, DUP with QoS 0",
        "32050001610000, PROTOCOL_ERROR, packet identifier 0",
        "300400022b61, TOPIC_NAME_INVALID, a wildcard",
        "30020000, TOPIC_NAME_INVALID, no topic",
        "300400020061, MALFORMED_PACKET, U+0000",
        "30050003eda080, MALFORMED_PACKET, a surrogate",
        "30040002c0af, MALFORMED_PACKET, an overlong form",
        "30060004f09f9880, none, four bytes of UTF-8",
        "40020001, none, PUBACK",
        "4003000100, MALFORMED_PACKET, PUBACK with a reason code in 3.1.1",
        "60020001, MALFORMED_PACKET, PUBREL without its flags",
        "62020001, none, PUBREL",
        "8206000100016101, none, SUBSCRIBE",
        "8206000100016103, MALFORMED_PACKET, QoS 3 asked for",
        "8206000100016104, MALFORMED_PACKET, an option of MQTT 5",
        "82020001, PROTOCOL_ERROR, SUBSCRIBE without a filter",
        "a2020001, PROTOCOL_ERROR, UNSUBSCRIBE without a filter",
        "c00100, MALFORMED_PACKET, PINGREQ with a body",
        "d000, PROTOCOL_ERROR, PINGRESP from a client",
        "f000, PROTOCOL_ERROR, AUTH before MQTT 5",
        "e000, none, DISCONNECT",
        "0000, MALFORMED_PACKET, type 0",
    })
    void knowsTheRulesOf311(String packet, String reason, String what) {
        expect(CONNECT_311, packet, reason, what);
    }

    @ParameterizedTest
    @CsvSource({
        "30050001610061, none, PUBLISH",
        "3005000023, MALFORMED_PACKET, cut off",
        "300600000323 0001, none, only an alias",
        "3003000000, PROTOCOL_ERROR, neither topic nor alias",
        "3006000161 020101, none, payload format 1",
        "3006000161 020102, PROTOCOL_ERROR, payload format 2",
        "3008000161 0401010101, PROTOCOL_ERROR, a property twice",
        "3009000161 0511 00000001, PROTOCOL_ERROR, a property of another packet",
        "3006000161 027f00, MALFORMED_PACKET, an unknown property",
        "3005000161 0526, MALFORMED_PACKET, properties past the end",
        "4002 0001, none, PUBACK without a reason",
        "4003 000110, none, PUBACK with a reason",
        "82090001020b00 0001 6100, PROTOCOL_ERROR, identifier 0",
        "82070001 00 0001 6130, PROTOCOL_ERROR, retain handling 3",
        "82070001 00 0001 6140, MALFORMED_PACKET, a reserved option",
        "e0000005110000003c, none, DISCONNECT with an expiry interval",
        "e0000006110000003c, MALFORMED_PACKET, properties past the end of DISCONNECT",
    })
    void knowsTheRulesOf5(String packet, String reason, String what) {
        expect(CONNECT_5, packet.replace(" ", ""), reason, what);
    }

    private static void expect(String connect, String packet, String reason, String what) {
        EmbeddedChannel channel = guard();
        channel.writeInbound(hex(connect));
        ((ByteBuf) channel.readInbound()).release();
        channel.writeInbound(hex(fixLength(packet)));
        Object result = channel.readInbound();
        if (reason.equals("none")) {
            assertThat(result).as(what).isInstanceOf(ByteBuf.class);
            ((ByteBuf) result).release();
        } else {
            assertThat(result).as(what).isInstanceOf(MalformedPacket.class);
            assertThat(((MalformedPacket) result).reason()).as(what).isEqualTo(Reason.valueOf(reason));
        }
        channel.finishAndReleaseAll();
    }

    /** The remaining length as it is, so that the tables need not count. */
    private static String fixLength(String packet) {
        int length = packet.length() / 2 - 2;
        return packet.substring(0, 2) + HexFormat.of().toHexDigits((byte) length) + packet.substring(4);
    }
}
