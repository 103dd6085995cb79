# Copier d'un volume à un autre
docker volume create postgres_copy

docker run --rm \
  -v postgres_data:/source:ro \
  -v postgres_copy:/destination \
  alpine \
  sh -c "cp -av /source/. /destination/"

# Vérifier
docker run --rm \
  -v postgres_copy:/data \
  alpine \
  ls -la /data
