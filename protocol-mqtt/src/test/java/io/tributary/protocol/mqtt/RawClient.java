package io.tributary.protocol.mqtt;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that sends and reads packets as bytes, so that it may do what no client library does. Blocking; every wait is bounded. */
final class RawClient implements AutoCloseable {
    private static final int TIMEOUT_MS = 30_000;

    /** A packet: the fixed header's first byte, and what follows the remaining length. */
    @SuppressWarnings("ArrayRecordComponent")
    record Packet(int first, byte[] body) {
        int type() {
            return first >> 4;
        }

        /** The packet identifier of all but PUBLISH. */
        int id() {
            return u16(0);
        }

        int u16(int at) {
            return (body[at] & 0xFF) << 8 | body[at + 1] & 0xFF;
        }

        /** The topic name of a PUBLISH. */
        String topic() {
            return new String(body, 2, u16(0), StandardCharsets.UTF_8);
        }

        /** The packet identifier of a PUBLISH with QoS 1 or 2. */
        int publishId() {
            return u16(2 + u16(0));
        }

        /** The payload of a PUBLISH of MQTT 3.1.1. */
        String payload311() {
            int start = 2 + u16(0) + ((first & 0x06) == 0 ? 0 : 2);
            return new String(body, start, body.length - start, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final DataInputStream in;

    RawClient(String host, int port) throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Collects a packet's fields. */
    static final class Body {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Body u8(int value) {
            bytes.write(value);
            return this;
        }

        Body u16(int value) {
            return u8(value >> 8).u8(value & 0xFF);
        }

        Body u32(int value) {
            return u16(value >>> 16).u16(value & 0xFFFF);
        }

        Body text(String text) {
            return binary(text.getBytes(StandardCharsets.UTF_8));
        }

        Body binary(byte[] data) {
            u16(data.length);
            return raw(data);
        }

        Body raw(byte[] data) {
            bytes.writeBytes(data);
            return this;
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }
    }

    static Body body() {
        return new Body();
    }

    void send(int first, Body body) throws IOException {
        byte[] bytes = body.toBytes();
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(first);
        int length = bytes.length;
        do {
            int digit = length & 0x7F;
            length >>= 7;
            packet.write(length > 0 ? digit | 0x80 : digit);
        } while (length > 0);
        packet.writeBytes(bytes);
        sendRaw(packet.toByteArray());
    }

    void sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** CONNECT of MQTT 3.1.1 and the CONNACK's body. */
    byte[] connect311(String clientId, boolean clean, int keepAlive) throws IOException {
        send(0x10, body().text("MQTT").u8(4).u8(clean ? 2 : 0).u16(keepAlive).text(clientId));
        return read().body();
    }

    /** CONNECT of MQTT 5.0 with properties (as they are, without their length) and the CONNACK's body. */
    byte[] connect5(String clientId, boolean cleanStart, byte[] properties) throws IOException {
        send(0x10, body().text("MQTT").u8(5).u8(cleanStart ? 2 : 0).u16(0).u8(properties.length).raw(properties).text(clientId));
        return read().body();
    }

    void subscribe311(int id, String filter, int qos) throws IOException {
        send(0x82, body().u16(id).text(filter).u8(qos));
        Packet ack = read();
        if (ack.type() != 9 || ack.body()[2] != qos) {
            throw new IOException("not subscribed");
        }
    }

    void publish311(int flags, String topic, int id, String payload) throws IOException {
        Body body = body().text(topic);
        if ((flags & 0x06) != 0) {
            body.u16(id);
        }
        send(0x30 | flags, body.raw(payload.getBytes(StandardCharsets.UTF_8)));
    }

    void ack(int first, int id) throws IOException {
        send(first, body().u16(id));
    }

    /** The next packet. */
    Packet read() throws IOException {
        int first = in.readUnsignedByte();
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            if ((digit & 0x80) == 0) {
                break;
            }
        }
        byte[] body = new byte[length];
        in.readFully(body);
        return new Packet(first, body);
    }

    /** The next packet, or null if none comes in the time. */
    @Nullable Packet readWithin(int milliseconds) throws IOException {
        socket.setSoTimeout(milliseconds);
        try {
            return read();
        } catch (SocketTimeoutException none) {
            return null;
        } finally {
            socket.setSoTimeout(TIMEOUT_MS);
        }
    }

    /** Reads to the end of the connection; returns the last packet before it, null if there was none. */
    @Nullable Packet readToEnd() throws IOException {
        Packet last = null;
        try {
            while (true) {
                last = read();
            }
        } catch (EOFException | SocketException ended) {
            return last;
        }
    }

    /** Ends the connection without a word. */
    void drop() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
