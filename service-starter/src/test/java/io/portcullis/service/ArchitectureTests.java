package io.portcullis.service;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The starter is on the class path of foreign services, which must not get parts of the gateway. */
@AnalyzeClasses(packages = "io.portcullis.service", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {
    @ArchTest
    static final ArchRule nothingOfTheGateway = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.portcullis.core..", "io.portcullis.gateway..", "io.portcullis.testbed..");

    /** A service has the one or the other. */
    @ArchTest
    static final ArchRule servletAndReactiveApart = noClasses()
            .that()
            .resideOutsideOfPackage("io.portcullis.service.servlet")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.servlet..", "io.portcullis.service.servlet..");

    @ArchTest
    static final ArchRule reactorOnlyInReactive = noClasses()
            .that()
            .resideOutsideOfPackage("io.portcullis.service.reactive")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("reactor..", "io.portcullis.service.reactive..");

    @ArchTest
    static final ArchRule testSupportApart = classes()
            .that()
            .resideInAPackage("io.portcullis.service.test")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAPackage("io.portcullis.service.test");
}
