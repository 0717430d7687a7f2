package io.tributary.core.retained;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.TestBroker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishRequest.Durability;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.retained.RetainedPage;
import io.tributary.core.model.Address;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubjectPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Random publishing, ending, searching, restarts and crashes against a map. */
class RetainedPropertyTest {
    private static final int STEPS = 60;
    private static final List<String> LEVELS = List.of("a", "b", "a-b", "a.b", "", "é", "ab", "\u0001", "$s");
    private static final List<Namespace> NAMESPACES = List.of(Namespace.DEFAULT, new Namespace("other"));

    /** One run. */
    private static final class Run {
        private final TestBroker broker;
        private final Random random;
        private final Map<Namespace, Map<String, String>> model = Map.of(NAMESPACES.get(0), new TreeMap<>(), NAMESPACES.get(1),
            new TreeMap<>());
        private final List<CompletableFuture<PublishResult>> underWay = new ArrayList<>();
        private final List<String> history = new ArrayList<>();
        private int number;

        Run(TestBroker broker, Random random) {
            this.broker = broker;
            this.random = random;
        }

        private static <T> T get(CompletionStage<T> stage) {
            return stage.toCompletableFuture().join();
        }

        private Namespace namespace() {
            return NAMESPACES.get(random.nextInt(8) == 0 ? 1 : 0);
        }

        private String path() {
            StringBuilder path = new StringBuilder();
            int depth = 1 + random.nextInt(4);
            for (int i = 0; i < depth; i++) {
                path.append(i == 0 ? "" : "/").append(LEVELS.get(random.nextInt(LEVELS.size())));
            }
            return path.isEmpty() ? "a" : path.toString();
        }

        private SubjectPattern pattern() {
            List<String> words = new ArrayList<>();
            int depth = 1 + random.nextInt(4);
            for (int i = 0; i < depth; i++) {
                int kind = random.nextInt(10);
                words.add(kind < 5 ? LEVELS.get(random.nextInt(LEVELS.size())) : kind < 8 ? SubjectPattern.ONE : SubjectPattern.MANY);
            }
            return new SubjectPattern('/', words);
        }

        void step() {
            int choice = random.nextInt(100);
            if (choice < 55) {
                publish(choice < 15);
            } else if (choice < 94) {
                find();
            } else {
                // Only what is acknowledged is sure to be there.
                settle();
                history.add(choice < 97 ? "restart" : "kill");
                if (choice < 97) {
                    broker.restart();
                } else {
                    broker.kill();
                }
            }
        }

        private void publish(boolean end) {
            Namespace namespace = namespace();
            String path = path();
            String text = end ? "" : "v" + number++;
            history.add(namespace + " " + path + "=" + text);
            Address address = Address.parse(namespace, path);
            get(broker.broker().topics().getOrAutoCreate(address.topic()));
            Durability durability = random.nextInt(4) == 0 ? Durability.RELAXED : Durability.DURABLE;
            byte[] value = end && random.nextBoolean() ? null : text.getBytes(StandardCharsets.UTF_8);
            underWay.add(broker.broker().publisher().publish(PublishRequest.of(address.topic(), Subject.toKey(address.subject()), value,
                Headers.EMPTY).withDurability(durability).withRetain(true)).toCompletableFuture());
            if (end) {
                values(namespace).remove(path);
            } else {
                values(namespace).put(path, text);
            }
        }

        private Map<String, String> values(Namespace namespace) {
            return Objects.requireNonNull(model.get(namespace));
        }

        private void settle() {
            underWay.forEach(CompletableFuture::join);
            underWay.clear();
            // What was relaxed is durable when it is found.
            NAMESPACES.forEach(namespace -> search(namespace, SubjectPattern.parse("#", '/', "+", "#"), 1_000, 1 << 20));
        }

        private void find() {
            Namespace namespace = namespace();
            SubjectPattern pattern = pattern();
            int limit = 1 + random.nextInt(6);
            Map<String, String> expected = new TreeMap<>(values(namespace));
            expected.keySet().removeIf(path -> !pattern.matches(path));
            assertThat(search(namespace, pattern, limit, 1 + random.nextInt(40))).as("%s by %s after %s", pattern, limit, history)
                .isEqualTo(expected);
        }

        private Map<String, String> search(Namespace namespace, SubjectPattern pattern, int limit, int maxBytes) {
            Map<String, String> found = new TreeMap<>();
            @Nullable String after = null;
            do {
                RetainedPage page = get(broker.broker().retained().find(namespace, pattern, after, limit, maxBytes));
                assertThat(page.values()).hasSizeLessThanOrEqualTo(limit);
                page.values().forEach(value -> {
                    assertThat(value.record().subject()).isEqualTo(value.path());
                    String text = new String(Objects.requireNonNull(value.record().value()), StandardCharsets.UTF_8);
                    assertThat(found.put(value.path(), text)).as("found twice: %s after %s", value.path(), history).isNull();
                });
                after = page.next();
            } while (after != null);
            return found;
        }

        void finish() {
            settle();
            broker.kill();
            for (Namespace namespace : NAMESPACES) {
                assertThat(search(namespace, SubjectPattern.parse("#", '/', "+", "#"), 7, 1_000)).as("at the end of %s", history)
                    .isEqualTo(values(namespace));
            }
        }
    }

    @Property(tries = 25)
    void isTheMapOfWhatWasPublishedLast(@ForAll long seed) {
        try (TestBroker broker = TestBroker.start()) {
            Run run = new Run(broker, new Random(seed));
            for (int i = 0; i < STEPS; i++) {
                run.step();
            }
            run.finish();
        }
    }
}
