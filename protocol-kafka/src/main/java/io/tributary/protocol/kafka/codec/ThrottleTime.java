package io.tributary.protocol.kafka.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** Sets {@code throttle_time_ms}, which nearly every response has, and which no type that they share tells of. */
public final class ThrottleTime {
    private static final ClassValue<@Nullable MethodHandle> SETTERS = new ClassValue<>() {
        @Override
        protected @Nullable MethodHandle computeValue(Class<?> type) {
            try {
                return MethodHandles.publicLookup().findVirtual(type, "setThrottleTimeMs", MethodType.methodType(type, int.class))
                    .asType(MethodType.methodType(Object.class, ApiMessage.class, int.class));
            } catch (NoSuchMethodException | IllegalAccessException none) {
                return null;
            }
        }
    };

    private ThrottleTime() {
    }

    /** Does nothing to a response that has no such field. */
    public static void set(ApiMessage response, int millis) {
        MethodHandle setter = SETTERS.get(response.getClass());
        if (setter == null) {
            return;
        }
        try {
            Object unused = setter.invokeExact(response, millis);
        } catch (Throwable e) {
            throw new IllegalStateException("a setter of Kafka's failed", e);
        }
    }
}
