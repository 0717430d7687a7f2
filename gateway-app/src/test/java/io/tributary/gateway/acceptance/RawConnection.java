package io.tributary.gateway.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that sends whatever bytes it is told to. */
final class RawConnection implements AutoCloseable {
    private final Socket socket;

    RawConnection(String host, int port) throws IOException {
        socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), 10_000);
        socket.setTcpNoDelay(true);
    }

    /** Sends; a server that has closed the connection meanwhile is no error here. */
    RawConnection send(byte... bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException closedByServer) {
            // What matters is what the server answered and that it closed: see awaitClose.
            return this;
        }
        return this;
    }

    RawConnection send(String latin1) {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads exactly {@code count} bytes. */
    byte[] read(int count) throws IOException {
        socket.setSoTimeout(30_000);
        return socket.getInputStream().readNBytes(count);
    }

    /** What the server sent until it closed the connection, in order or by a reset. */
    byte[] awaitClose(Duration patience) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
                socket.setSoTimeout((int) left);
                int next = socket.getInputStream().read();
                if (next < 0) {
                    return answer.toByteArray();
                }
                answer.write(next);
            }
        } catch (SocketTimeoutException stillOpen) {
            throw new AssertionError("the server keeps the connection open after " + patience + "; it answered " + answer.size()
                + " bytes: " + answer.toString(StandardCharsets.ISO_8859_1), stillOpen);
        } catch (IOException reset) {
            return answer.toByteArray();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
