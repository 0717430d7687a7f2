package io.tributary.bench.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every figure of every round, by setting, contestant and figure, in the order of measurement. */
final class Results {
    private final Map<String, Map<String, Map<String, List<Double>>>> bySetting = new LinkedHashMap<>();

    void add(Setting setting, Contestant contestant, Map<String, Double> figures) {
        Map<String, List<Double>> lists = bySetting.computeIfAbsent(setting.name(), name -> new LinkedHashMap<>())
            .computeIfAbsent(contestant.name(), name -> new LinkedHashMap<>());
        figures.forEach((name, value) -> lists.computeIfAbsent(name, key -> new ArrayList<>()).add(value));
    }

    List<Double> values(Setting setting, Contestant contestant, String figure) {
        return bySetting.getOrDefault(setting.name(), Map.of()).getOrDefault(contestant.name(), Map.of())
            .getOrDefault(figure, List.of());
    }

    /** The figures that this contestant has, in the order of the load generator. */
    List<String> figures(Setting setting, Contestant contestant) {
        return List.copyOf(bySetting.getOrDefault(setting.name(), Map.of()).getOrDefault(contestant.name(), Map.of()).keySet());
    }

    /** One row a figure and round. */
    List<String> asCsv() {
        List<String> rows = new ArrayList<>();
        rows.add("setting,contestant,figure,round,value");
        bySetting.forEach((setting, contestants) -> contestants.forEach((contestant, figures) -> figures.forEach((figure, values) -> {
            for (int round = 0; round < values.size(); round++) {
                rows.add(String.join(",", setting, contestant, figure, Integer.toString(round + 1), Double.toString(values.get(round))));
            }
        })));
        return rows;
    }
}
