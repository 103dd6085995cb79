//! A byte stream to the server inside a container, through `exec`: it works wherever the daemon can be reached,
//! also where the container's address cannot, and the server sees a connection from 127.0.0.1.

use std::io;
use std::pin::Pin;

use bollard::container::LogOutput;
use bollard::exec::StartExecResults;
use bollard::models::ExecConfig;
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio_util::io::StreamReader;

use crate::docker::Engine;
use crate::error::Result;

/// Connects standard input and output to port 5432: netcat where the image has it, else bash. Whoever still reads when
/// nothing more is asked would keep the connection, and the server's transaction, open.
const RELAY: &str = "command -v nc >/dev/null 2>&1 && exec nc 127.0.0.1 5432; \
    exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/5432 && { cat <&3 & in=$!; cat >&3; kill $in; }'";

/// The relay's own name (`$0`): events of such a command are our own looking, and nobody's work.
pub(super) const OURS: &str = "docker-lab-look";

/// The stream.
pub(crate) type Tunnel = tokio::io::Join<Pin<Box<dyn AsyncRead + Send>>, Pin<Box<dyn AsyncWrite + Send>>>;

impl Engine {
    /// Opens a stream to the server in a container; the server may still refuse, which ends the stream.
    pub(crate) async fn tunnel(&self, container_id: &str) -> Result<Tunnel> {
        let command = ["sh", "-c", RELAY, OURS].map(str::to_owned).to_vec();
        let (output, input) = self.exec(container_id, command).await?;
        let bytes = output.filter_map(|frame| async move {
            match frame {
                Ok(LogOutput::StdOut { message }) => Some(Ok::<Bytes, io::Error>(message)),
                Ok(_) => None,
                Err(error) => Some(Err(io::Error::other(error))),
            }
        });
        let reader: Pin<Box<dyn AsyncRead + Send>> = Box::pin(StreamReader::new(Box::pin(bytes)));
        Ok(tokio::io::join(reader, input))
    }

    /// Starts a command in a running container, attached.
    pub(super) async fn exec(&self, container_id: &str, command: Vec<String>) -> Result<Attached> {
        self.exec_known(container_id, command).await.map(|(_, attached)| attached)
    }

    /// The same, with the id by which its exit code can be asked for.
    pub(super) async fn exec_known(
        &self,
        container_id: &str,
        command: Vec<String>,
    ) -> Result<(String, Attached)> {
        let config = ExecConfig {
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            cmd: Some(command),
            ..ExecConfig::default()
        };
        let created =
            self.api.create_exec(container_id, config).await.map_err(|error| self.unseen(&error))?;
        match self.api.start_exec(&created.id, None).await.map_err(|error| self.unseen(&error))? {
            StartExecResults::Attached { output, input } => Ok((created.id, (output, input))),
            StartExecResults::Detached => {
                let nothing =
                    (Box::pin(futures_util::stream::empty()) as _, Box::pin(tokio::io::sink()) as _);
                Ok((created.id, nothing))
            }
        }
    }
}

type Output =
    Pin<Box<dyn futures_util::Stream<Item = std::result::Result<LogOutput, bollard::errors::Error>> + Send>>;

/// The output and the input of an attached command.
pub(super) type Attached = (Output, Pin<Box<dyn AsyncWrite + Send>>);
