package io.tributary.bench.run;

import java.util.List;

/**
 * One way to load every contestant.
 *
 * @param name      as the report calls it; without a comma
 * @param load      the main class of the load generator
 * @param rounds    in how many rounds it is measured at most
 * @param arguments of the load generator, beside the server's port and process
 */
record Setting(String name, Class<?> load, int rounds, List<String> arguments) {
    Setting {
        arguments = List.copyOf(arguments);
    }
}
