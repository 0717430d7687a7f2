package io.tributary.core.schedule;

import static io.tributary.core.schedule.ScheduleFixture.ORDERS;
import static io.tributary.core.schedule.ScheduleFixture.get;
import static io.tributary.core.schedule.ScheduleFixture.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.PublishResult;
import io.tributary.core.schedule.rocksdb.RocksScheduleIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScheduleRestartTest {
    private final ScheduleFixture fixture = new ScheduleFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatWaitsOutlivesARestartAndAKill() {
        fixture.publish("a", 10);
        fixture.broker.restart();
        fixture.publish("b", 20);
        String cancelled = id(fixture.publish("c", 20));
        assertThat(get(fixture.schedule().cancel(cancelled))).isTrue();
        fixture.broker.kill();
        fixture.publish("d", 20);
        fixture.awaitCount(3);
        fixture.clock.move(20);
        fixture.awaitOrders("a", "b", "d");
        fixture.awaitCount(0);
        fixture.broker.kill();
        fixture.publish("e", 10);
        fixture.clock.move(10);
        fixture.awaitOrders("a", "b", "d", "e");
    }

    @Test
    void whatBecameDueWhileTheBrokerWasDownComesAtTheStart() {
        fixture.publish("b", 20);
        fixture.publish("a", 10);
        fixture.clock.move(5);
        assertThat(fixture.schedule().stats().lateMs()).isZero();
        stopAndChange(directory -> fixture.clock.move(1000));
        fixture.awaitOrders("a", "b");
    }

    @Test
    void anIndexThatIsGoneIsMadeFromTheLog() {
        keepsEverythingThrough(RocksScheduleIndex::destroy);
    }

    @Test
    void anIndexThatIsDamagedIsMadeFromTheLog() {
        keepsEverythingThrough(directory -> {
            for (Path file : files(directory, "MANIFEST", ".sst")) {
                overwrite(file);
            }
        });
    }

    @Test
    void anIndexOfAnotherFormatIsMadeFromTheLog() {
        keepsEverythingThrough(directory -> files(directory, "CURRENT").forEach(ScheduleRestartTest::overwrite));
    }

    private void keepsEverythingThrough(Consumer<Path> damage) {
        List<String> expected = new ArrayList<>();
        List<CompletionStage<PublishResult>> published = new ArrayList<>();
        fixture.topic(ORDERS, 1);
        for (int i = 0; i < 3000; i++) {
            published.add(fixture.broker.broker().publisher().publish(fixture.request(ORDERS, "v" + i, 100 + i)));
        }
        for (int i = 0; i < 3000; i++) {
            if (i % 3 == 0) {
                assertThat(get(fixture.schedule().cancel(id(get(published.get(i)))))).isTrue();
            } else {
                get(published.get(i));
                expected.add("v" + i);
            }
        }
        fixture.clock.move(1100);
        int fired = 667;
        fixture.awaitOrders(expected.subList(0, fired).toArray(String[]::new));
        fixture.awaitCount(2000 - fired);
        stopAndChange(damage);
        fixture.awaitCount(2000 - fired);
        fixture.clock.move(5000);
        fixture.awaitOrders(expected.toArray(String[]::new));
        fixture.awaitCount(0);
    }

    /** Only between two brokers may anybody touch the index. */
    private void stopAndChange(Consumer<Path> change) {
        fixture.broker.restartAfter(() -> change.accept(fixture.directory.resolve("schedule")));
    }

    private static List<Path> files(Path directory, String... parts) {
        try (Stream<Path> all = Files.list(directory)) {
            List<Path> found = all.filter(file -> Stream.of(parts).anyMatch(part -> file.getFileName().toString().contains(part))).toList();
            assertThat(found).isNotEmpty();
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void overwrite(Path file) {
        try {
            Files.write(file, "not what was written here".repeat(20).getBytes(StandardCharsets.US_ASCII),
                StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
