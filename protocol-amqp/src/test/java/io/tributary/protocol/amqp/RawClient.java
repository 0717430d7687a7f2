package io.tributary.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tributary.protocol.amqp.codec.BasicMethod;
import io.tributary.protocol.amqp.codec.ChannelMethod;
import io.tributary.protocol.amqp.codec.ConnectionMethod;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldValue;
import io.tributary.protocol.amqp.codec.FrameEncoder;
import io.tributary.protocol.amqp.codec.Method;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Frames over a socket, for what no client library would send. */
final class RawClient implements AutoCloseable {
    static final int CLOSED = -1;
    private static final int TIMEOUT_MS = 30_000;
    private static final int CLASS_CONNECTION = 10;
    private static final int CLASS_CHANNEL = 20;

    private final Socket socket;
    private final DataInputStream in;

    RawClient(String host, int port) throws IOException {
        socket = new Socket(host, port);
        socket.setSoTimeout(TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Connected, opened, with channel 1. */
    static RawClient open(String host, int port, int heartbeat) throws IOException {
        RawClient client = new RawClient(host, port);
        client.send(hex("414d515000000901"));
        client.expect(10, 10);
        client.login("PLAIN", "\0guest\0guest");
        client.expect(10, 30);
        client.method(0, new ConnectionMethod.TuneOk(2047, 131_072, heartbeat));
        client.method(0, new ConnectionMethod.Open("/"));
        client.expect(10, 41);
        client.method(1, new ChannelMethod.Open());
        client.expect(20, 11);
        return client;
    }

    void login(String mechanism, String response) throws IOException {
        FieldTable capabilities = FieldTable.builder().put("authentication_failure_close", true).build();
        method(0, new ConnectionMethod.StartOk(FieldTable.builder().put("capabilities", new FieldValue.Table(capabilities)).build(),
            mechanism, response.getBytes(StandardCharsets.UTF_8), "en_US"));
    }

    static ByteBuf hex(String text) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(text.replace(" ", "")));
    }

    void send(ByteBuf bytes) throws IOException {
        bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
        socket.getOutputStream().flush();
    }

    /** Sends methods in one piece. */
    void method(int channel, Method... methods) throws IOException {
        ByteBuf out = Unpooled.buffer();
        for (Method method : methods) {
            FrameEncoder.writeMethod(out, channel, method);
        }
        send(out);
    }

    void publish(String queue) throws IOException {
        method(1, new BasicMethod.Publish("", queue, false, false));
    }

    /** Reads up to a method, which must be this one, and returns its arguments. */
    ByteBuf expect(int classId, int methodId) throws IOException {
        byte[] payload = payload();
        int classRead = payload[0] << 8 | payload[1] & 0xFF;
        int methodRead = payload[2] << 8 | payload[3] & 0xFF;
        if (classRead != classId || methodRead != methodId) {
            throw new IOException("expected " + classId + "." + methodId + ", got " + classRead + "." + methodRead);
        }
        return Unpooled.wrappedBuffer(payload, 4, payload.length - 4);
    }

    private byte[] payload() throws IOException {
        while (true) {
            int type = in.readUnsignedByte();
            in.readUnsignedShort();
            byte[] payload = new byte[in.readInt()];
            in.readFully(payload);
            in.readUnsignedByte();
            if (type == 1) {
                return payload;
            }
        }
    }

    /** Reads up to a close and returns its reply code, or {@link #CLOSED} when the connection ended without one. */
    int replyCode() throws IOException {
        try {
            while (true) {
                byte[] payload = payload();
                boolean close = payload[1] == CLASS_CONNECTION && payload[3] == 50 || payload[1] == CLASS_CHANNEL && payload[3] == 40;
                if (close) {
                    return (payload[4] & 0xFF) << 8 | payload[5] & 0xFF;
                }
            }
        } catch (EOFException | SocketException ended) {
            return CLOSED;
        }
    }

    /** All that comes until the server closes. */
    byte[] readToEnd() throws IOException {
        try {
            return in.readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
