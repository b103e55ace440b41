//! A Kestra reached over HTTP: every dialect from 0.13 to 2.0 behind the one [`Backend`](super::Backend) trait.
