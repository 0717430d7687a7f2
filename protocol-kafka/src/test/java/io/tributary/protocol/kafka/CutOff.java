package io.tributary.protocol.kafka;

import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.api.Broker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets a protocol append so and so often. What comes then is neither stored nor answered, as it is in a process that was killed there;
 * every step of a protocol that must survive its process ends with an append, so these are all the places where it can be killed.
 */
final class CutOff {
    private static final Append NEVER = new Append() {
        @Override
        public CompletionStage<AppendResult> accepted() {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<AppendResult> durable() {
            return new CompletableFuture<>();
        }
    };

    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
    private final Map<Object, Object> wrapped = new ConcurrentHashMap<>();
    private volatile CountDownLatch reached = new CountDownLatch(1);

    /** From now on this many appends go through. */
    void allow(int appends) {
        reached = new CountDownLatch(1);
        left.set(appends);
    }

    /** All appends go through again. */
    void lift() {
        left.set(Integer.MAX_VALUE);
    }

    boolean isReached() {
        return reached.getCount() == 0;
    }

    Broker wrap(Broker broker) {
        return (Broker) wrap(Broker.class, broker);
    }

    private Object wrap(Class<?> type, Object target) {
        return wrapped.computeIfAbsent(target, key -> Proxy.newProxyInstance(CutOff.class.getClassLoader(), new Class<?>[] {type},
            (proxy, method, arguments) -> call(proxy, target, method, arguments)));
    }

    private Object call(Object proxy, Object target, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("equals") && method.getParameterCount() == 1) {
            return proxy == arguments[0];
        }
        if (target instanceof Partition && method.getReturnType() == Append.class && left.getAndDecrement() <= 0) {
            left.set(0);
            reached.countDown();
            return NEVER;
        }
        try {
            return wrapResult(method.invoke(target, arguments));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object wrapResult(Object result) {
        if (result instanceof Topics) {
            return wrap(Topics.class, result);
        }
        if (result instanceof Topic) {
            return wrap(Topic.class, result);
        }
        if (result instanceof Partition) {
            return wrap(Partition.class, result);
        }
        if (result instanceof Collection<?> many && !many.isEmpty() && isWrapped(many.iterator().next())) {
            return List.copyOf(many.stream().map(this::wrapResult).toList());
        }
        if (result instanceof CompletionStage<?> stage) {
            return stage.thenApply(value -> isWrapped(value) ? wrapResult(value) : value);
        }
        return result;
    }

    private static boolean isWrapped(Object value) {
        return value instanceof Topic || value instanceof Partition;
    }
}
