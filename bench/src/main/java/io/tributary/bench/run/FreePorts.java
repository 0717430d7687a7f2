package io.tributary.bench.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports for a server that listens on several in a row. */
final class FreePorts {
    private static final int IN_A_ROW = 4;
    private static final int LOWEST = 20_000;
    /** Below what Linux gives to connections that go out. */
    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 100;

    private FreePorts() {
    }

    /** The first of four ports in a row that nobody listens on. */
    static int find() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (allFree(port)) {
                return port;
            }
        }
        throw new BenchFailure("found no free ports");
    }

    private static boolean allFree(int first) {
        for (int port = first; port < first + IN_A_ROW; port++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (BindException taken) {
                return false;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return true;
    }
}
