package io.tributary.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.core.api.stats.Rate;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MovingRatesTest {
    private static final Offset<Double> CLOSE = within(1e-9);

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    private static Rate rate(MovingRates rates, int second, long value) {
        return MovingRates.rate(rates, 0, seconds(second), value);
    }

    @Test
    void aCounterThatGrowsEvenlyHasThatRate() {
        MovingRates rates = new MovingRates(1, 0);
        for (int second = 5; second <= 200; second += 5) {
            rates.sample(seconds(second), new long[] {7L * second});
        }
        assertThat(rate(rates, 203, 7 * 203).last10s()).isCloseTo(7, CLOSE);
        assertThat(rate(rates, 203, 7 * 203).last60s()).isCloseTo(7, CLOSE);
    }

    @Test
    void whatHappenedOnceFadesAfterItsWindow() {
        MovingRates rates = new MovingRates(1, 0);
        for (int second = 5; second <= 100; second += 5) {
            rates.sample(seconds(second), new long[] {second >= 20 ? 600 : 0});
            Rate now = rate(rates, second, second >= 20 ? 600 : 0);
            if (second == 20) {
                assertThat(now.last10s()).isCloseTo(60, CLOSE);
            }
            if (second < 20 || second >= 30) {
                assertThat(now.last10s()).as("after %s s", second).isZero();
            }
            if (second >= 20 && second < 75) {
                assertThat(now.last60s()).as("after %s s", second).isCloseTo(10, CLOSE);
            }
            if (second >= 80) {
                assertThat(now.last60s()).as("after %s s", second).isZero();
            }
        }
    }

    @Test
    void theFirstRecordsAfterAQuietTimeAreNoPeak() {
        MovingRates rates = new MovingRates(1, 0);
        for (int second = 5; second <= 300; second += 5) {
            rates.sample(seconds(second), new long[] {50});
        }
        assertThat(rate(rates, 301, 60).last10s()).isCloseTo(1, CLOSE);
        assertThat(rate(rates, 301, 60).last60s()).isCloseTo(10 / 60.0, CLOSE);
    }

    @Test
    void withoutAnySampleAllHappenedInTheWindow() {
        assertThat(MovingRates.rate(null, 0, seconds(3), 120)).isEqualTo(new Rate(12, 2));
    }
}
