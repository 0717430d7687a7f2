package io.tributary.core.access;

import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.security.Principal;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import io.tributary.core.security.Users;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One metadata entry for each user. */
final class StoredUsers implements Users {
    private static final String PREFIX = "user/";
    private static final int MAX_USERS = 100_000;
    private static final int MAX_NAME = 250;

    private final DurableMap<String, Map<ScramMechanism, ScramCredential>> map;

    StoredUsers(MetadataStore store) {
        map = new DurableMap<>(store, PREFIX, new UserFormat(), MAX_USERS);
    }

    @Override
    public @Nullable ScramCredential credential(String username, ScramMechanism mechanism) {
        Map<ScramMechanism, ScramCredential> user = map.view().get(username);
        return user == null ? null : user.get(mechanism);
    }

    @Override
    public Map<String, Map<ScramMechanism, ScramCredential>> all() {
        return map.view();
    }

    @Override
    public CompletionStage<Void> put(String username, ScramCredential credential) {
        if (username.isEmpty() || username.length() > MAX_NAME || username.equals(Principal.ANONYMOUS.name())) {
            return CompletableFuture.failedFuture(new BrokerException(ErrorCode.INVALID_ARGUMENT,
                "a user's name has 1 to " + MAX_NAME + " characters, and is not " + Principal.ANONYMOUS.name()));
        }
        return map.change(users -> {
            Map<ScramMechanism, ScramCredential> user = new EnumMap<>(ScramMechanism.class);
            user.putAll(users.getOrDefault(username, Map.of()));
            user.put(credential.mechanism(), credential);
            users.put(username, Collections.unmodifiableMap(user));
            return users;
        });
    }

    @Override
    public CompletionStage<Boolean> remove(String username, ScramMechanism mechanism) {
        AtomicBoolean there = new AtomicBoolean();
        return map.change(users -> {
            Map<ScramMechanism, ScramCredential> user = new EnumMap<>(ScramMechanism.class);
            user.putAll(users.getOrDefault(username, Map.of()));
            there.set(user.remove(mechanism) != null);
            if (user.isEmpty()) {
                users.remove(username);
            } else {
                users.put(username, Collections.unmodifiableMap(user));
            }
            return users;
        }).thenApply(done -> there.get());
    }

    /** A name, and its credentials. */
    private static final class UserFormat implements DurableMap.Format<String, Map<ScramMechanism, ScramCredential>> {
        @Override
        public void writeKey(String key, DataOutputStream out) throws IOException {
            out.writeUTF(key);
        }

        @Override
        public String readKey(DataInputStream in) throws IOException {
            return in.readUTF();
        }

        @Override
        public void writeValue(Map<ScramMechanism, ScramCredential> value, DataOutputStream out) throws IOException {
            out.writeByte(value.size());
            for (ScramCredential credential : value.values()) {
                out.writeUTF(credential.mechanism().name());
                out.writeInt(credential.iterations());
                writeBytes(credential.salt(), out);
                writeBytes(credential.storedKey(), out);
                writeBytes(credential.serverKey(), out);
            }
        }

        @Override
        public Map<ScramMechanism, ScramCredential> readValue(String key, DataInputStream in) throws IOException {
            Map<ScramMechanism, ScramCredential> user = new EnumMap<>(ScramMechanism.class);
            for (int left = in.readUnsignedByte(); left > 0; left--) {
                ScramMechanism mechanism = ScramMechanism.valueOf(in.readUTF());
                int iterations = in.readInt();
                user.put(mechanism, new ScramCredential(mechanism, readBytes(in), readBytes(in), readBytes(in), iterations));
            }
            return Collections.unmodifiableMap(user);
        }

        private static void writeBytes(byte[] bytes, DataOutputStream out) throws IOException {
            out.writeShort(bytes.length);
            out.write(bytes);
        }

        private static byte[] readBytes(DataInputStream in) throws IOException {
            byte[] bytes = new byte[in.readUnsignedShort()];
            in.readFully(bytes);
            return bytes;
        }
    }
}
