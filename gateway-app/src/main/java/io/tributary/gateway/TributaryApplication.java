package io.tributary.gateway;

import io.tributary.gateway.config.CommandLine;
import io.tributary.gateway.config.ConfigurationException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The server. Exit code 0 after a termination signal, 1 when it could not start. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({BrokerWiring.class, GatewayWiring.class})
public class TributaryApplication {
    /** Runs until a termination signal. */
    public static void main(String[] arguments) {
        TerminationSignal.exitsInOrder();
        try {
            CommandLine.check(arguments);
        } catch (ConfigurationException wrong) {
            StartFailure.print(String.valueOf(wrong.getMessage()));
            System.exit(1);
        }
        try {
            SpringApplication.run(TributaryApplication.class, arguments);
        } catch (RuntimeException reported) {
            // StartFailure has told why.
            System.exit(1);
        }
    }
}
