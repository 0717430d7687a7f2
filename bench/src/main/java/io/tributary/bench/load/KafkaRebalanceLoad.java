package io.tributary.bench.load;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * A group of many members that begin at the same moment, and of which one leaves: how long it takes until every partition belongs to
 * exactly one member and every member has one. In the classic protocol and in that of KIP-848, each with the client's and the broker's own
 * times between heartbeats, which is what most of it is.
 *
 * <p>Arguments: {@code port} and {@code pid} of the server, {@code members}.
 */
public final class KafkaRebalanceLoad {
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
                joinAndLeave(protocol, topic);
            }
            KafkaServer.deleteTopics(admin, List.of(topic));
        }
        figures.print();
    }

    private void joinAndLeave(String protocol, String topic) throws Exception {
        Holdings holdings = new Holdings(members);
        List<Member> group = group(protocol, topic, holdings);
        Phase all = Phase.begin(server.pid());
        try {
            long start = System.nanoTime();
            group.forEach(Thread::start);
            holdings.awaitShared(members);
            long joined = System.nanoTime();
            group.get(members - 1).leave();
            holdings.awaitShared(members - 1);
            figures.put(protocol + ".join-s", (joined - start) / NANOS_PER_SECOND);
            figures.put(protocol + ".leave-s", (System.nanoTime() - joined) / NANOS_PER_SECOND);
        } finally {
            group.forEach(Member::leave);
            for (Member member : group) {
                member.join();
            }
        }
        figures.put(protocol + ".server-cpu-s", all.server().cpuSeconds());
    }

    private List<Member> group(String protocol, String topic, Holdings holdings) {
        Map<String, Object> settings = Map.of(ConsumerConfig.GROUP_ID_CONFIG, KafkaServer.unique("group"),
            ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol);
        return IntStream.range(0, members).mapToObj(number -> new Member(server.consumer(settings), topic, holdings)).toList();
    }
}
