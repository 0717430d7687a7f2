# docker build -t tributary:0.1.0-SNAPSHOT .
FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn -B -q -P quick -DskipTests -pl gateway-app -am package \
    && java -Djarmode=tools -jar gateway-app/target/gateway-app-*-server.jar extract --destination /app \
    && mv /app/gateway-app-*-server.jar /app/tributary.jar

FROM eclipse-temurin:25-jre
RUN useradd --uid 10001 --user-group --home-dir /data --create-home tributary
COPY --from=build /app /app
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 9092 5672 1883 8080
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
    "-jar", "/app/tributary.jar"]
CMD ["--tributary.data-dir=/data"]
