package io.tributary.bench.load;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * A group of many members that begin at the same moment, and of which one leaves: how long it takes until every partition belongs to
 * exactly one member and every member has one. In the classic protocol and in that of KIP-848, each with the client's and the broker's own
 * times between heartbeats, which is what most of it is. A small group goes before, to warm the client and the server.
 *
 * <p>Arguments: {@code port} and {@code pid} of the server, {@code members}.
 */
public final class KafkaRebalanceLoad {
    private static final int WARM_UP_MEMBERS = 8;
    private static final double NANOS_PER_SECOND = 1e9;

    private final KafkaServer server;
    private final int members;
    private final Figures figures = new Figures();

    private KafkaRebalanceLoad(Arguments arguments) {
        server = new KafkaServer(arguments);
        members = arguments.number("members");
    }

    /** Prints the figures; ends with an exception when the members do not come to have an assignment. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = new Arguments(args);
        new KafkaRebalanceLoad(arguments).run();
    }

    private void run() throws Exception {
        String topic = KafkaServer.unique("rebalance");
        try (Admin admin = server.admin()) {
            KafkaServer.createTopics(admin, List.of(topic), members);
            for (String protocol : List.of("classic", "consumer")) {
                joinAndLeave(protocol, topic, WARM_UP_MEMBERS);
                joinAndLeave(protocol, topic, members);
            }
            KafkaServer.deleteTopics(admin, List.of(topic));
        }
        figures.print();
    }

    private void joinAndLeave(String protocol, String topic, int count) throws Exception {
        Holdings holdings = new Holdings(members);
        List<Member> group = group(protocol, topic, count, holdings);
        Phase all = Phase.begin(server.pid());
        try {
            long start = System.nanoTime();
            group.forEach(Thread::start);
            holdings.awaitShared(count);
            long joined = System.nanoTime();
            group.get(count - 1).leave();
            holdings.awaitShared(count - 1);
            put(protocol + ".join-s", count, (joined - start) / NANOS_PER_SECOND);
            put(protocol + ".leave-s", count, (System.nanoTime() - joined) / NANOS_PER_SECOND);
        } finally {
            group.forEach(Member::leave);
            for (Member member : group) {
                member.join();
            }
        }
        put(protocol + ".server-cpu-s", count, all.server().cpuSeconds());
    }

    private List<Member> group(String protocol, String topic, int count, Holdings holdings) {
        Map<String, Object> settings = Map.of(ConsumerConfig.GROUP_ID_CONFIG, KafkaServer.unique("group"),
            ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol);
        return IntStream.range(0, count).mapToObj(number -> new Member(server.consumer(settings), topic, holdings)).toList();
    }

    /** A group of another size is the warm-up. */
    private void put(String name, int count, double value) {
        if (count == members) {
            figures.put(name, value);
        }
    }
}
