package io.tributary.bench.run;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long and how often to measure.
 *
 * @param quick   a run that shows that everything works, whose figures mean nothing
 * @param rounds  measurements of each contestant and setting
 * @param records of a measured phase
 * @param warmUp  records before it
 * @param seconds of the latency phase
 * @param rate    records a second in the latency phase
 * @param only    settings whose name holds this text
 * @param with    contestants whose name holds this text, beside the peer
 */
record Options(boolean quick, int rounds, int records, int warmUp, int seconds, int rate, String only,
               String with) {
    static final String USAGE = "options: [--quick] [--rounds N] [--records N] [--warm-up N] [--seconds N] [--rate N]"
        + " [--only TEXT] [--with TEXT]";

    private static final List<String> NAMES = List.of("--rounds", "--records", "--warm-up", "--seconds", "--rate", "--only", "--with");

    /** Fails with an IllegalArgumentException that says what was wrong. */
    static Options parse(List<String> args) {
        Map<String, String> given = new LinkedHashMap<>();
        boolean quick = args.contains("--quick");
        List<String> rest = args.stream().filter(arg -> !arg.equals("--quick")).toList();
        for (int i = 0; i < rest.size(); i += 2) {
            if (!NAMES.contains(rest.get(i)) || i + 1 == rest.size()) {
                throw new IllegalArgumentException("cannot read " + Arrays.toString(rest.subList(i, rest.size()).toArray()) + "; " + USAGE);
            }
            given.put(rest.get(i), rest.get(i + 1));
        }
        int records = number(given, "--records", quick ? 20_000 : 200_000);
        return new Options(quick, number(given, "--rounds", quick ? 1 : 5), records,
            number(given, "--warm-up", Math.max(1000, records / 3)), number(given, "--seconds", quick ? 2 : 5),
            number(given, "--rate", quick ? 500 : 2000), given.getOrDefault("--only", ""),
            given.getOrDefault("--with", ""));
    }

    private static int number(Map<String, String> given, String name, int absent) {
        String text = given.get(name);
        if (text == null) {
            return absent;
        }
        int value = Integer.parseInt(text);
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive");
        }
        return value;
    }

    List<Setting> select(List<Setting> settings) {
        List<Setting> selected = settings.stream().filter(setting -> setting.name().contains(only)).toList();
        if (selected.isEmpty()) {
            throw new IllegalArgumentException("--only " + only + " leaves none of " + settings.stream().map(Setting::name).toList());
        }
        return selected;
    }

    /** The peer, which is the first, and those of the others that were asked for. */
    List<Contestant> selectContestants(List<Contestant> contestants) {
        return contestants.stream().filter(c -> c.equals(contestants.get(0)) || c.name().contains(with)).toList();
    }
}
