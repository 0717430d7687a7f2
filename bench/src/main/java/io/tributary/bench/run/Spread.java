package io.tributary.bench.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The middle and the ends of some measurements. */
record Spread(double median, double min, double max) {
    static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** Of pairs that were measured one after the other: the ratio of each pair, not of the middles. */
    static Spread ofRatios(List<Double> values, List<Double> references) {
        if (values.size() != references.size()) {
            throw new IllegalArgumentException("measurements come in pairs");
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            ratios.add(references.get(i) == 0 ? Double.NaN : values.get(i) / references.get(i));
        }
        return of(ratios);
    }

    @Override
    public String toString() {
        return min == max ? number(median) : number(median) + " [" + number(min) + "–" + number(max) + "]";
    }

    private static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 1000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
