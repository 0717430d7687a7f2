package io.tributary.core.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.subscription.loop.Timeout;
import io.tributary.core.subscription.loop.TimerWheel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TimerWheelTest {
    private static final long MILLI = 1_000_000;
    private static final long TICK = 10 * MILLI;

    /** One that notes that it ran. */
    private static final class Noting extends Timeout {
        private final int name;
        private final List<Integer> ran;

        Noting(int name, List<Integer> ran) {
            this.name = name;
            this.ran = ran;
        }

        @Override
        protected void expire() {
            ran.add(name);
        }
    }

    /** Delays beyond one turn of the wheel, changed and stopped ones, long pauses: never early, and late by two ticks at most. */
    @Property(tries = 300)
    void timeoutsRunOnceWhenTheyAreDue(@ForAll @Size(min = 1, max = 40) List<@IntRange(max = 20_000) Integer> delays,
                                       @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 6_000) Integer> steps) {
        long now = -123_456_789;
        TimerWheel wheel = new TimerWheel(now);
        List<Integer> ran = new ArrayList<>();
        Map<Integer, Long> due = new HashMap<>();
        List<Noting> timeouts = new ArrayList<>();
        for (int i = 0; i < delays.size(); i++) {
            Noting timeout = new Noting(i, ran);
            timeouts.add(timeout);
            wheel.schedule(timeout, now + delays.get(i) * MILLI);
            due.put(i, now + delays.get(i) * MILLI);
        }
        if (delays.size() > 2) {
            TimerWheel.cancel(timeouts.get(0));
            due.remove(0);
            wheel.schedule(timeouts.get(1), now + 5 * MILLI);
            due.put(1, now + 5 * MILLI);
        }
        for (int step : steps) {
            long until = wheel.untilNext(now);
            if (due.isEmpty()) {
                assertThat(until).isEqualTo(Long.MAX_VALUE);
            } else {
                assertThat(until).isPositive();
            }
            now += step * MILLI;
            wheel.advance(now, failure -> {
                throw new AssertionError(failure);
            });
            for (int name : ran) {
                assertThat(due.remove(name)).isNotNull().isLessThanOrEqualTo(now);
            }
            ran.clear();
            long horizon = now - 2 * TICK;
            assertThat(due.values()).allMatch(time -> time > horizon);
        }
        assertThat(wheel.size()).isEqualTo(due.size());
    }
}
