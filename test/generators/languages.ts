export interface LanguageClient {
  /** The generator and its language, as the table in docs/clients-in-other-languages.md names them. */
  name: string
  /** Contains a program that rotates with the client. All commands run there. */
  folder: string
  tools: string[]
  /** Generates the client from `openapi-3.0.json` or `openapi.json`. */
  generate: string
  /** Undefined if the client is only generated. */
  use?: { compile?: string; run: string }
  /** Lines of the generator's output that look like complaints, but say nothing about the document. */
  accepted?: RegExp
}

function openApiGenerator(
  language: string,
  client: Omit<LanguageClient, 'generate'>,
  options = '',
): LanguageClient {
  const { tools, accepted } = client
  return {
    ...client,
    tools: ['java', 'mvn', ...tools],
    generate: `java -jar openapi-generator-cli.jar generate -g ${language} -i openapi-3.0.json -o client${options}`,
    // It mentions files such as ApiException.java, and omits examples from Java's comments.
    accepted: new RegExp(
      `writing file|Skipped |Skipping generation|Failed to get the schema name: null|Ignoring complex example${accepted ? `|${accepted.source}` : ''}`,
    ),
  }
}

export const languageClients: LanguageClient[] = [
  openApiGenerator('python', {
    name: 'openapi-generator, Python',
    folder: 'openapi-generator/python',
    tools: ['python3'],
    use: {
      compile: 'python -m compileall -q client/openapi_client',
      run: 'PYTHONPATH=client python rotate.py',
    },
  }),
  openApiGenerator(
    'java',
    {
      name: 'openapi-generator, Java',
      folder: 'openapi-generator/java',
      tools: ['javac'],
      use: {
        compile:
          'mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars && ' +
          "javac -nowarn -d out -cp 'jars/*' Rotate.java $(find client/src/main -name '*.java')",
        run: "java -cp 'out:jars/*' Rotate",
      },
    },
    ' --library native',
  ),
  openApiGenerator(
    'go',
    {
      name: 'openapi-generator, Go',
      // `type` is a keyword of Go.
      accepted: /type \(reserved word\) cannot be used as/,
      folder: 'go/openapi-generator',
      tools: ['go'],
      use: { compile: 'go build -o rotate .', run: './rotate' },
    },
    ' -p packageName=client,withGoMod=false,enumClassPrefix=true --global-property apis,models,supportingFiles,apiTests=false,modelTests=false',
  ),
  openApiGenerator('ruby', {
    name: 'openapi-generator, Ruby',
    folder: 'openapi-generator/ruby',
    tools: ['ruby'],
    // It requires every file of the client.
    use: { run: 'ruby -I client/lib rotate.rb' },
  }),
  openApiGenerator('php', {
    name: 'openapi-generator, PHP',
    folder: 'openapi-generator/php',
    tools: ['php'],
    use: {
      compile: "find client/lib -name '*.php' -print0 | xargs -0 -n1 php -l >syntax",
      run: 'php -d error_reporting=E_ALL -d display_errors=stderr rotate.php',
    },
  }),
  openApiGenerator('rust', {
    name: 'openapi-generator, Rust',
    folder: 'openapi-generator/rust',
    tools: ['cargo'],
    use: { compile: 'cargo build --quiet', run: 'cargo run --quiet' },
    // It lists the names that it writes in Rust's way.
    accepted: /cannot be used as a/,
  }),
  openApiGenerator('csharp', {
    name: 'openapi-generator, C#',
    folder: 'openapi-generator/csharp',
    tools: [],
  }),
  {
    name: 'oapi-codegen, Go',
    folder: 'go/oapi-codegen',
    tools: ['go'],
    generate:
      'mkdir -p client && go tool oapi-codegen -generate types,client -package client -o client/client.go openapi-3.0.json',
    use: { compile: 'go build -o rotate .', run: './rotate' },
  },
  {
    name: 'ogen, Go',
    folder: 'go/ogen',
    tools: ['go'],
    generate: 'go tool ogen --target client --package client --clean openapi-3.0.json',
    use: { compile: 'go build -o rotate .', run: './rotate' },
    // Go writes headers as Www-Authenticate, and parses a URI instead of matching its pattern.
    accepted: /Header name is not canonical|String validator cannot be applied|Convenient errors/,
  },
  {
    name: 'openapi-python-client, Python',
    folder: 'openapi-python-client',
    tools: ['python3'],
    generate: 'openapi-python-client generate --path openapi.json --output-path client',
    use: {
      compile: 'python -m compileall -q client/rekey_client',
      run: 'PYTHONPATH=client python rotate.py',
    },
  },
]
