package io.tributary.protocol.mqtt.session;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection's topic aliases (MQTT 5.0 section 3.3.2.3.4), one direction each. */
public final class TopicAliases {
    private TopicAliases() {
    }

    /** Those that the client sets. */
    public static final class Inbound {
        private final @Nullable String[] paths;

        /**
         * None set.
         *
         * @param maximum the highest alias
         */
        public Inbound(int maximum) {
            paths = new String[maximum + 1];
        }

        /** The topic name meant by a name (empty for none) and an alias; null when the alias is out of bounds or unknown. */
        public @Nullable String resolve(String path, int alias) {
            if (alias < 1 || alias >= paths.length) {
                return null;
            }
            if (!path.isEmpty()) {
                paths[alias] = path;
            }
            return paths[alias];
        }
    }

    /** Those that the server sets: for the first topics that it sends. */
    static final class Outbound {
        private final int maximum;
        private final Map<String, Integer> aliases = new HashMap<>();

        Outbound(int maximum) {
            this.maximum = maximum;
        }

        /** The alias that the client knows; 0 for none. */
        int known(String path) {
            return maximum == 0 ? 0 : aliases.getOrDefault(path, 0);
        }

        /** A new alias; 0 when all are taken. */
        int assign(String path) {
            if (aliases.size() >= maximum) {
                return 0;
            }
            int alias = aliases.size() + 1;
            aliases.put(path, alias);
            return alias;
        }
    }
}
