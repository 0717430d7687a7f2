package io.tributary.bench.run;

import java.util.ArrayList;
import java.util.List;

/** Writes results as Markdown tables: medians with the ends in brackets, and ratios to the peer, pair by pair. */
final class Report {
    private Report() {
    }

    static List<String> tables(Comparison comparison, Results results) {
        List<String> lines = new ArrayList<>();
        for (Setting setting : comparison.settings()) {
            lines.add("");
            lines.add("### " + comparison.name() + ": " + setting.name());
            lines.add("");
            StringBuilder head = new StringBuilder("| |");
            for (Contestant contestant : comparison.contestants()) {
                head.append(' ').append(contestant.name()).append(" |");
                if (!contestant.equals(comparison.peer())) {
                    head.append(" ratio |");
                }
            }
            lines.add(head.toString());
            lines.add("|---".repeat(2 * comparison.contestants().size()) + "|");
            for (String figure : results.figures(setting, comparison.peer())) {
                lines.add(row(comparison, results, setting, figure));
            }
        }
        return lines;
    }

    private static String row(Comparison comparison, Results results, Setting setting, String figure) {
        List<Double> peer = results.values(setting, comparison.peer(), figure);
        StringBuilder row = new StringBuilder("| ").append(figure).append(" |");
        for (Contestant contestant : comparison.contestants()) {
            List<Double> values = results.values(setting, contestant, figure);
            row.append(' ').append(values.isEmpty() ? "–" : Spread.of(values).toString()).append(" |");
            if (!contestant.equals(comparison.peer())) {
                row.append(' ').append(values.size() == peer.size() ? Spread.ofRatios(values, peer).toString() : "–").append(" |");
            }
        }
        return row.toString();
    }
}
