package io.tributary.gateway.config;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** Refuses settings that are out of their bounds, with one line that tells the key, the value and what it may be. */
final class Bounds {
    private Bounds() {
    }

    static void number(String key, int value, int min, int max) {
        TributaryProperties.require(value >= min && value <= max, key + " is " + value + "; it may be " + min + " to " + max);
    }

    static void time(String key, Duration value, Duration min, Duration max) {
        TributaryProperties.require(value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
            key + " is " + text(value) + "; it may be " + text(min) + " to " + text(max));
    }

    static void size(String key, DataSize value, DataSize min, DataSize max) {
        TributaryProperties.require(value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
            key + " is " + text(value) + "; it may be " + text(min) + " to " + text(max));
    }

    /** As it is written in the settings: in the largest unit that leaves nothing. */
    private static String text(Duration value) {
        long millis = value.toMillis();
        if (millis % Duration.ofDays(1).toMillis() == 0) {
            return value.toDays() + "d";
        }
        return millis % 1000 == 0 ? value.toSeconds() + "s" : DurationStyle.SIMPLE.print(value);
    }

    private static String text(DataSize value) {
        long bytes = value.toBytes();
        if (bytes % DataSize.ofMegabytes(1).toBytes() == 0) {
            return value.toMegabytes() + "MB";
        }
        return bytes % DataSize.ofKilobytes(1).toBytes() == 0 ? value.toKilobytes() + "KB" : value.toString();
    }
}
