package io.tributary.gateway;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes SIGTERM and SIGINT an orderly end with exit code 0; the JVM's own handlers run the same shutdown hooks and end with 143 and 130.
 *
 * <p>{@code sun.misc.Signal} is the only way to hear a signal. It is named by reflection because the compiler's warning about it cannot
 * be suppressed.
 */
final class TerminationSignal {
    private static final Logger LOG = LoggerFactory.getLogger(TerminationSignal.class);

    private TerminationSignal() {
    }

    static void exitsInOrder() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object exit = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                System.exit(0);
                return null;
            });
            for (String name : new String[] {"TERM", "INT"}) {
                signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance(name), exit);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException unavailable) {
            LOG.debug("signals end the process with the JVM's exit codes", unavailable);
        }
    }
}
