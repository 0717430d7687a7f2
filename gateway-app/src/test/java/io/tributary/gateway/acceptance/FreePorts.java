package io.tributary.gateway.acceptance;

import io.tributary.gateway.acceptance.client.Endpoints;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nobody listens on, for servers that must come back on the same port after a restart. They lie below the range from which the
 * system takes the ports of outgoing connections, so that no client can sit on one in the meantime.
 */
final class FreePorts {
    private static final int LOWEST = 14_000;
    private static final int BOUND = 32_000;
    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePorts() {
    }

    static Endpoints endpoints() {
        return new Endpoints("127.0.0.1", next(), next(), next(), next());
    }

    static synchronized int next() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, BOUND);
            if (!GIVEN.contains(port) && isFree(port)) {
                GIVEN.add(port);
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
