package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.tributary.gateway.acceptance.ServerProcess.Launch;
import io.tributary.gateway.acceptance.client.Endpoints;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand clients of Kafka on a server with little memory: all are answered, and so is who comes after them. */
class ManyConnectionsIT {
    private static final int CONNECTIONS = 10_000;
    /** Of this process and of the server's, for everything else. */
    private static final int SPARE_FILES = 1_000;
    private static final int CONNECTING = 500;
    /** ApiVersions of version 0. */
    private static final byte[] VERSIONS = ByteBuffer.allocate(14).putInt(10).putShort((short) 18).putShort((short) 0).putInt(1)
        .putShort((short) -1).array();

    @Test
    void tenThousandConnectionsAreServedAndNobodyIsKeptOut(@TempDir Path directory) throws Exception {
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        assumeThat(system.getMaxFileDescriptorCount()).as("open files that a process may have")
            .isGreaterThan(CONNECTIONS + SPARE_FILES);
        Endpoints at = FreePorts.endpoints();
        Launch launch = Launch.of(directory.resolve("log"), TributaryServer.settings(directory.resolve("data"), at))
            .withJvmOptions("-Xmx256m", "-XX:MaxDirectMemorySize=160m", "-XX:+ExitOnOutOfMemoryError");
        List<SocketChannel> clients = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(launch, at); Selector selector = Selector.open()) {
            while (clients.size() < CONNECTIONS) {
                List<SocketChannel> next = new ArrayList<>();
                for (int i = 0; i < CONNECTING; i++) {
                    next.add(connect(at, selector));
                }
                clients.addAll(next);
                awaitAnswers(selector, CONNECTING);
            }
            try (Bystanders bystanders = new Bystanders(at)) {
                bystanders.awaitTurns();
            }
            assertThat(clients).allMatch(SocketChannel::isConnected);
            askAgain(clients, selector);
            assertThat(server.isAlive()).as(server.output()).isTrue();
            assertThat(server.output()).doesNotContain("OutOfMemory");
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    private static SocketChannel connect(Endpoints at, Selector selector) throws IOException {
        SocketChannel client = SocketChannel.open(new InetSocketAddress(at.host(), at.kafka()));
        client.configureBlocking(false);
        client.write(ByteBuffer.wrap(VERSIONS));
        client.register(selector, SelectionKey.OP_READ);
        return client;
    }

    /** All those that have been idle meanwhile are still there. */
    private static void askAgain(List<SocketChannel> clients, Selector selector) throws IOException {
        for (SocketChannel client : clients) {
            client.keyFor(selector).interestOps(SelectionKey.OP_READ);
            client.write(ByteBuffer.wrap(VERSIONS));
        }
        awaitAnswers(selector, clients.size());
    }

    /** The first bytes of each answer; what follows of it is left. */
    private static void awaitAnswers(Selector selector, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        int answered = 0;
        while (answered < count) {
            assertThat(selector.select(60_000)).as("%d of %d were answered", answered, count).isPositive();
            for (SelectionKey key : selector.selectedKeys()) {
                int read = ((SocketChannel) key.channel()).read(bytes.clear());
                assertThat(read).as("bytes of an answer").isPositive();
                answered++;
                key.interestOps(0);
            }
            selector.selectedKeys().clear();
        }
    }
}
