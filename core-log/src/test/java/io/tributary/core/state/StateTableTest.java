package io.tributary.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.StateTable;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateTableTest {
    private static final int MIN_TRIM_BYTES = 64 << 10;

    private final TestBroker broker = TestBroker.start();

    @AfterEach
    void close() {
        broker.close();
    }

    private StateTable open() {
        return new StateTables(broker.broker().topics(), broker.broker().publisher(), MIN_TRIM_BYTES).open("test").toCompletableFuture()
            .join();
    }

    private Partition log() {
        return Objects.requireNonNull(broker.broker().topics().find(TopicName.of("__test"))).partition(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> contents(StateTable table, String prefix) {
        Map<String, String> all = new TreeMap<>();
        table.forEach(prefix, (key, value) -> all.put(key, new String(value, StandardCharsets.UTF_8)));
        return all;
    }

    @Test
    void readsWhatWasPutAndVisitsByPrefixInOrder() {
        StateTable table = open();
        table.put("b/1", bytes("x")).toCompletableFuture().join();
        table.put("a/2", bytes("y")).toCompletableFuture().join();
        table.put("a/1", bytes("z")).toCompletableFuture().join();
        table.delete("b/1").toCompletableFuture().join();
        assertThat(table.get("a/2")).isEqualTo(bytes("y"));
        assertThat(table.get("b/1")).isNull();
        List<String> keys = new ArrayList<>();
        table.forEach("a/", (key, value) -> {
            keys.add(key);
            // A visit sees the table as it was when it began.
            table.delete("a/2");
        });
        assertThat(keys).containsExactly("a/1", "a/2");
    }

    @Test
    void holdsWhatAMapHoldsThroughRestartsKillsAndTrims() {
        Random random = new Random(7);
        Map<String, String> model = new TreeMap<>();
        StateTable table = open();
        boolean trimmed = false;
        for (int round = 0; round < 6; round++) {
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                String key = "k" + random.nextInt(60);
                if (random.nextInt(4) == 0) {
                    model.remove(key);
                    writes.add(table.delete(key).toCompletableFuture());
                } else {
                    String value = "v" + round + "-" + i;
                    model.put(key, value);
                    writes.add(table.put(key, bytes(value)).toCompletableFuture());
                }
            }
            CompletableFuture.allOf(writes.toArray(new CompletableFuture<?>[0])).join();
            assertThat(contents(table, "")).isEqualTo(model);
            trimmed |= log().logStartOffset() > 0;
            if (round % 2 == 0) {
                broker.kill();
            } else {
                broker.restart();
            }
            table = open();
            assertThat(contents(table, "")).isEqualTo(model);
        }
        assertThat(trimmed).isTrue();
    }

    @Test
    void theLogStaysSmallWhileTheTableDoes() {
        StateTable table = open();
        table.put("constant", bytes("c")).toCompletableFuture().join();
        for (int i = 0; i < 20; i++) {
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (int j = 0; j < 500; j++) {
                writes.add(table.put("k", bytes("v" + j)).toCompletableFuture());
            }
            CompletableFuture.allOf(writes.toArray(new CompletableFuture<?>[0])).join();
        }
        // At most what may be logged before a trim, and what is written while it runs.
        await().untilAsserted(() -> assertThat(log().highWatermark() - log().logStartOffset()).isLessThan(2_500));
        broker.kill();
        assertThat(contents(open(), "")).isEqualTo(Map.of("constant", "c", "k", "v499"));
    }

    @Test
    void anEmptyTableLeavesAnEmptyLog() {
        StateTable table = open();
        for (int i = 0; i < 800; i++) {
            table.put("k" + i, bytes("v"));
            table.delete("k" + i).toCompletableFuture().join();
        }
        await().untilAsserted(() -> {
            table.delete("k").toCompletableFuture().join();
            assertThat(log().logStartOffset()).isGreaterThan(700);
        });
        broker.restart();
        assertThat(contents(open(), "")).isEmpty();
    }

    @Test
    void oneNameIsOneTableAndIllegalNamesAreRefused() {
        assertThat(broker.broker().stateTable("a").toCompletableFuture().join())
            .isSameAs(broker.broker().stateTable("a").toCompletableFuture().join());
        for (String name : List.of("", "A", "a/b", "x".repeat(101))) {
            assertThatThrownBy(() -> broker.broker().stateTable(name).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class).hasCauseInstanceOf(BrokerException.class);
        }
    }
}
