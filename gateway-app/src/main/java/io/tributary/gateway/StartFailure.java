package io.tributary.gateway;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.gateway.config.ConfigurationException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Tells in one line on standard error why the server did not start. What nobody foresaw is logged with its stack trace beside. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailure implements SpringBootExceptionReporter {
    private static final Logger LOG = LoggerFactory.getLogger(StartFailure.class);

    @Override
    public boolean reportException(Throwable failure) {
        String line = describe(failure);
        if (line == null) {
            LOG.error("the server did not start", failure);
            line = rootOf(failure).toString();
        }
        print(line);
        return true;
    }

    static void print(String line) {
        System.err.println("tributary: " + line);
    }

    /** One line, or null for a failure that is none of those which the person who starts the server can mend. */
    static @Nullable String describe(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException) {
                return cause.getMessage();
            }
            if (cause instanceof BrokerException broker && broker.code() != ErrorCode.INTERNAL) {
                return broker.getMessage();
            }
            if (cause instanceof PortInUseException port) {
                return "HTTP cannot listen on port " + port.getPort() + " (setting server.port): Address already in use";
            }
            if (cause instanceof UnboundConfigurationPropertiesException unbound) {
                return "unknown setting " + unbound.getUnboundProperties().stream().map(property -> property.getName().toString()).sorted()
                    .collect(Collectors.joining(", ")) + "; docs/configuration.md lists them all";
            }
            if (cause instanceof BindException bind && !causedByConfiguration(bind)) {
                return describe(bind);
            }
        }
        return null;
    }

    private static boolean causedByConfiguration(Throwable failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException || cause instanceof UnboundConfigurationPropertiesException
                || cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private static String describe(BindException bind) {
        ConfigurationProperty property = bind.getProperty();
        String name = bind.getName().toString();
        Class<?> type = bind.getTarget().getType().toClass();
        String wanted = type.isEnum() ? "one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)
            : "a value of type " + type.getSimpleName();
        return "setting " + name + (property == null ? "" : " is '" + property.getValue() + "'") + "; it must be " + wanted;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
