package io.tributary.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void takesTheMiddleOfAnOddNumber() {
        assertThat(Spread.of(List.of(5.0, 1.0, 3.0))).isEqualTo(new Spread(3, 1, 5));
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 8.0))).isEqualTo(new Spread(3, 1, 8));
    }

    @Test
    void dividesPairByPair() {
        assertThat(Spread.ofRatios(List.of(2.0, 30.0, 4.0), List.of(1.0, 10.0, 1.0))).isEqualTo(new Spread(3, 2, 4));
    }

    @Test
    void refusesMeasurementsWithoutAPartner() {
        assertThatThrownBy(() -> Spread.ofRatios(List.of(1.0), List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void printsTheEndsWhenTheyDiffer() {
        assertThat(new Spread(3, 1, 1234)).hasToString("3.00 [1.00–1,234]");
        assertThat(new Spread(30, 30, 30)).hasToString("30.0");
    }
}
