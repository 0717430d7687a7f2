package io.tributary.core.access;

import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Quotas;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A namespace's quotas; one metadata entry for each entity. */
final class StoredQuotas implements Quotas {
    private static final String PREFIX = "quota/";
    private static final int MAX_ENTITIES = 100_000;
    private static final int MAX_NAME = 1000;

    private final ByNamespace<Entity, Map<String, Double>> map;
    private final Namespace namespace;

    StoredQuotas(ByNamespace<Entity, Map<String, Double>> map, Namespace namespace) {
        this.map = map;
        this.namespace = namespace;
    }

    /** Those of all namespaces. Reads what is there; blocks until that is done. */
    static ByNamespace<Entity, Map<String, Double>> open(MetadataStore store) {
        return new ByNamespace<>(store, PREFIX, new QuotaFormat(), MAX_ENTITIES);
    }

    @Override
    public Map<Entity, Map<String, Double>> all() {
        return map.view(namespace);
    }

    @Override
    public CompletionStage<Void> change(Entity entity, Map<String, @Nullable Double> changes) {
        if (entity.user() == null && entity.clientId() == null || !isLegal(entity.user()) || !isLegal(entity.clientId())) {
            return CompletableFuture.failedFuture(new BrokerException(ErrorCode.INVALID_ARGUMENT,
                "a quota is for a user, a client or both, whose names have 1 to " + MAX_NAME + " characters"));
        }
        Map<String, @Nullable Double> copy = new HashMap<>(changes);
        return map.change(namespace, all -> {
            Map<String, Double> quotas = new HashMap<>(all.getOrDefault(entity, Map.of()));
            copy.forEach((name, value) -> {
                if (value == null) {
                    quotas.remove(name);
                } else {
                    quotas.put(name, value);
                }
            });
            if (quotas.isEmpty()) {
                all.remove(entity);
            } else {
                all.put(entity, Collections.unmodifiableMap(quotas));
            }
            return all;
        });
    }

    private static boolean isLegal(@Nullable Part part) {
        String name = part == null ? null : part.name();
        return name == null || !name.isEmpty() && name.length() <= MAX_NAME;
    }

    /** The entity's two sides, then each quota's name and value. */
    private static final class QuotaFormat implements DurableMap.Format<Entity, Map<String, Double>> {
        private static final byte NOT_ASKED = 0;
        private static final byte OTHERS = 1;
        private static final byte NAMED = 2;

        @Override
        public void writeKey(Entity entity, DataOutputStream out) throws IOException {
            write(entity.user(), out);
            write(entity.clientId(), out);
        }

        private static void write(@Nullable Part part, DataOutputStream out) throws IOException {
            String name = part == null ? null : part.name();
            if (name != null) {
                out.writeByte(NAMED);
                out.writeUTF(name);
            } else {
                out.writeByte(part == null ? NOT_ASKED : OTHERS);
            }
        }

        @Override
        public Entity readKey(DataInputStream in) throws IOException {
            return new Entity(readPart(in), readPart(in));
        }

        private static @Nullable Part readPart(DataInputStream in) throws IOException {
            byte kind = in.readByte();
            return switch (kind) {
                case NOT_ASKED -> null;
                case OTHERS -> Part.OTHERS;
                case NAMED -> new Part(in.readUTF());
                default -> throw new IOException("a quota's entity of the unknown kind " + kind);
            };
        }

        @Override
        public void writeValue(Map<String, Double> quotas, DataOutputStream out) throws IOException {
            out.writeByte(quotas.size());
            for (Map.Entry<String, Double> quota : quotas.entrySet()) {
                out.writeUTF(quota.getKey());
                out.writeDouble(quota.getValue());
            }
        }

        @Override
        public Map<String, Double> readValue(Entity entity, DataInputStream in) throws IOException {
            Map<String, Double> quotas = new HashMap<>();
            for (int left = in.readUnsignedByte(); left > 0; left--) {
                quotas.put(in.readUTF(), in.readDouble());
            }
            return Collections.unmodifiableMap(quotas);
        }
    }
}
