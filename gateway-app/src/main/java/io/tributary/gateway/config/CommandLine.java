package io.tributary.gateway.config;

import java.util.List;

/** The arguments of the process: settings as {@code --key=value}, nothing else. */
public final class CommandLine {
    private static final List<String> KNOWN = List.of("tributary.", "server.", "spring.", "management.", "logging.", "springdoc.");

    private CommandLine() {
    }

    /** Refuses an argument that would be passed over in silence; what follows a known prefix is checked by whoever owns it. */
    public static void check(String[] arguments) {
        for (String argument : arguments) {
            if (!argument.startsWith("--") || argument.indexOf('=') < 0) {
                throw new ConfigurationException("'" + argument + "' is no setting; settings are written --key=value");
            }
            String key = argument.substring(2, argument.indexOf('='));
            if (KNOWN.stream().noneMatch(key::startsWith)) {
                throw new ConfigurationException("there is no setting '" + key + "'; docs/configuration.md lists them all");
            }
        }
    }
}
