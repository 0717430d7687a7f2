package io.tributary.protocol.mqtt.session;

import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.protocol.mqtt.session.Outgoing.Match;
import io.tributary.protocol.mqtt.state.FilterOptions;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The server's figures under {@code $SYS/broker/}: sent at QoS 0 to those who subscribe, at once and then at an interval. They are no
 * records; no log holds them. Safe on any thread.
 */
public final class SysTopics {
    private static final String VERSION_TOPIC = "$SYS/broker/version";

    private final long startedAt = System.nanoTime();
    private final AtomicInteger connected = new AtomicInteger();
    private final Set<LiveSession> subscribers = ConcurrentHashMap.newKeySet();
    private final String version;

    /**
     * The figures of this server.
     *
     * @param version as the server calls itself
     */
    public SysTopics(String version) {
        this.version = version;
    }

    /** A client has connected, or is gone. */
    public void count(int difference) {
        connected.addAndGet(difference);
    }

    /** Clients connected. */
    public int connected() {
        return connected.get();
    }

    void add(LiveSession live) {
        subscribers.add(live);
    }

    void remove(LiveSession live) {
        subscribers.remove(live);
    }

    private Map<String, String> figures() {
        Map<String, String> figures = new TreeMap<>();
        figures.put(VERSION_TOPIC, version);
        figures.put("$SYS/broker/uptime", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAt) + " seconds");
        figures.put("$SYS/broker/clients/connected", Integer.toString(connected.get()));
        return figures;
    }

    /** Subscribes the session, and sends what matches its new filter; on its event loop. */
    public void subscribe(LiveSession live, FilterOptions options) {
        add(live);
        figures().forEach((path, text) -> send(live, options, path, text, true));
    }

    /** Sends what changes with time to all subscribers. */
    public void publish() {
        Map<String, String> figures = figures();
        figures.remove(VERSION_TOPIC);
        for (LiveSession live : subscribers) {
            live.connection().execute(() -> figures.forEach((path, text) -> send(live, first(live, path), path, text, false)));
        }
    }

    private static @Nullable FilterOptions first(LiveSession live, String path) {
        for (FilterOptions options : live.session().filters()) {
            if (options.filter().isSys() && options.filter().matches(path)) {
                return options;
            }
        }
        return null;
    }

    private static void send(LiveSession live, @Nullable FilterOptions options, String path, String text, boolean retained) {
        if (options != null && options.filter().matches(path)) {
            Record record = new Record(0, System.currentTimeMillis(), null, text.getBytes(StandardCharsets.UTF_8), Headers.EMPTY);
            Match match = new Match(0, retained || options.retainAsPublished(), LiveSession.identifiers(options));
            live.outbound().offer(new Outgoing(path, record, match, null, null));
        }
    }
}
